import { aDialerAgent, DIALER_KEY, eventCount, INTAKE, postLead } from '../support/dialer';
import { anAgent } from '../support/actors';
import { startTestApp, type TestApp } from '../support/test-app';

describe('a lead comes from the dialer', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp({ env: { APP_BASE_URL: 'https://crm.example.com' } });
    await aDialerAgent(app, 'CalebG', 'Caleb Galloway');
    await aDialerAgent(app, 'DaniC', 'Danielle Crutchley');
  });
  afterAll(() => app.close());

  const count = async (sql: string): Promise<number> =>
    (await app.database.read.one<{ n: number }>(`select count(*)::int as n from ${sql}`))?.n ?? -1;
  const stored = async (id: number): Promise<Record<string, unknown>> => {
    const row = await app.database.read.one<Record<string, unknown>>('select * from lead where number = $1', [id]);
    if (!row) throw new Error(`no lead ${id}`);
    return row;
  };

  it('answers as documented, and tells the agent where to go', async () => {
    const reply = await postLead(app, {
      dialer_user_id: 'CalebG',
      lead_id: 'DIALER_12345',
      vendor_id: 'VENDOR_001',
      list_id: 'LIST_12345',
      first_name: 'John',
      middle_initial: 'A',
      last_name: 'Smith',
      phone: '+447700900123',
      email: 'john.smith@example.com',
      address1: '123 Solar Street',
      city: 'London',
      postal_code: 'SW1A 1AA',
      campaign: 'Solar_Campaign_2024',
      session_id: 'SESSION_12345',
      recording_file: 'recording_12345.wav',
      notes: 'Interested in solar panels & more',
    });
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({
      success: true,
      message: 'Lead created successfully',
      lead: {
        full_name: 'John A Smith',
        phone: '+447700900123',
        email: 'john.smith@example.com',
        status: 'interested',
        assigned_agent_name: 'Caleb Galloway',
        assigned_agent_username: 'CalebG',
        dialer_lead_id: 'DIALER_12345',
        vendor_id: 'VENDOR_001',
        list_id: 'LIST_12345',
        address1: '123 Solar Street',
        city: 'London',
        postal_code: 'SW1A 1AA',
        campaign: 'Solar_Campaign_2024',
        session_id: 'SESSION_12345',
        recording_file: 'recording_12345.wav',
      },
    });
    expect(reply.body.lead.id).toEqual(expect.any(Number));
    expect(reply.body.lead.created_at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(reply.body.redirect_url).toBe(
      `https://crm.example.com/agent-dashboard?from_dialer=true&lead_id=${reply.body.lead.id}&full_name=John%20A%20Smith` +
        '&phone=%2B447700900123&email=john.smith%40example.com&notes=Interested%20in%20solar%20panels%20%26%20more',
    );
  });

  it('takes the line of the documents for dialers that can only GET', async () => {
    const reply = await app.http.get(
      `${INTAKE}?api_key=${DIALER_KEY}&user=CalebG&fullname=John%20Smith&phone_number=%2B44123456789&recording_filename=rec_123.wav&lead_id=67770`,
    );
    expect(reply.status).toBe(201);
    expect(reply.body.lead).toMatchObject({
      full_name: 'John Smith',
      phone: '+44123456789',
      recording_file: 'rec_123.wav',
      dialer_lead_id: '67770',
    });
    const again = await app.http.get(`${INTAKE.slice(0, -1)}?api_key=${DIALER_KEY}&user=CalebG&lead_id=67770`);
    expect(again.status).toBe(201);
    expect(again.body).toMatchObject({ message: 'Lead updated successfully', lead: { full_name: 'John Smith' } });
  });

  it('takes the JSON of the examples in JavaScript, Python and PHP, and a form', async () => {
    const fields = {
      dialer_user_id: 'CalebG',
      full_name: 'John Smith',
      phone: '+44123456780',
      email: 'john@example.com',
      address1: '123 Main Street',
      city: 'London',
      postal_code: 'SW1A 1AA',
      notes: 'Interested in solar panels',
    };
    const first = await postLead(app, fields);
    expect([first.status, first.body.lead.notes]).toEqual([201, 'Interested in solar panels']);
    // PHP escapes slashes and writes everything else in ASCII
    const php = await app.http
      .post(INTAKE.slice(0, -1))
      .set({ 'X-Dialer-Api-Key': DIALER_KEY, 'Content-Type': 'application/json' })
      .send('{"dialer_user_id":"CalebG","phone":"+44123456780","comments":"caf\\u00e9 \\/ \\ud83c\\udf1e"}');
    expect(php.body).toMatchObject({ message: 'Lead updated successfully', lead: { comments: 'café / 🌞' } });
    expect(php.body.lead.id).toBe(first.body.lead.id);
    const form = await app.http
      .post(INTAKE)
      .set('X-Dialer-Api-Key', DIALER_KEY)
      .type('form')
      .send('user=CalebG&phone=+44123456780&city=Leeds+West');
    expect(form.body).toMatchObject({ message: 'Lead updated successfully', lead: { city: 'Leeds West' } });
    expect(form.body.lead.id).toBe(first.body.lead.id);
  });

  it('makes one lead, one customer and one event of a hundred identical posts at once', async () => {
    const [created, updated, people] = await Promise.all([
      eventCount(app, 'lead.created'),
      eventCount(app, 'lead.updated'),
      count('customer'),
    ]);
    const fields = {
      dialer_user_id: 'CalebG',
      lead_id: '900',
      phone: '07700 900900',
      first_name: 'Ann',
      nested: { a: [1] },
    };
    const replies = await Promise.all(Array.from({ length: 100 }, () => postLead(app, fields)));
    expect(replies.map((reply) => reply.status)).toEqual(Array.from({ length: 100 }, () => 201));
    expect(new Set(replies.map((reply) => reply.body.lead.id)).size).toBe(1);
    expect(replies.filter((reply) => reply.body.message === 'Lead created successfully')).toHaveLength(1);
    expect(await eventCount(app, 'lead.created')).toBe(created + 1);
    expect(await eventCount(app, 'lead.updated')).toBe(updated);
    expect(await count('customer')).toBe(people + 1);
    expect(await count(`lead_change c join lead l on l.id = c.lead_id where l.phone_e164 = '+447700900900'`)).toBe(0);
  });

  it('makes one lead of many lists of one person, and keeps apart what crosses', async () => {
    // ids i and numbers j in all combinations at once: every id and every number belongs to one lead in the end
    const posts = Array.from({ length: 60 }, (_, n) =>
      postLead(app, { user: 'CalebG', lead_id: `X${n % 6}`, phone: `+4477009008${10 + (n % 5)}` }),
    );
    const replies = await Promise.all(posts);
    expect(replies.map((reply) => reply.status)).toEqual(Array.from({ length: 60 }, () => 201));
    expect(await count(`lead where phone_e164 like '+4477009008%'`)).toBeLessThanOrEqual(5);
    expect(await count(`lead_dialer_id where dialer_lead_id like 'X_'`)).toBe(6);
  });

  it('keeps a number that belongs to another lead as it was sent, and does not move it', async () => {
    const a = await postLead(app, { user: 'CalebG', lead_id: 'A1', phone: '+447700900701' });
    const b = await postLead(app, { user: 'CalebG', lead_id: 'B1', phone: '+447700900702' });
    const crossed = await postLead(app, { user: 'CalebG', lead_id: 'A1', phone: '+447700900702' });
    expect(crossed.body.lead).toMatchObject({
      id: a.body.lead.id,
      phone: '+447700900701',
      phone_sent: '+447700900702',
    });
    expect((await stored(b.body.lead.id)).phone_e164).toBe('+447700900702');
    const otherList = await postLead(app, { user: 'CalebG', lead_id: 'B2', phone: '07700 900702' });
    expect(otherList.body).toMatchObject({
      message: 'Lead updated successfully',
      lead: { id: b.body.lead.id, dialer_lead_id: 'B2' },
    });
    const byOld = await postLead(app, { user: 'CalebG', lead_id: 'B1' });
    expect(byOld.body.lead.id).toBe(b.body.lead.id);
  });

  it('erases nothing by what is absent, empty or left unfilled, and keeps the first agent', async () => {
    const first = await postLead(app, {
      user: 'CalebG',
      lead_id: 'keep',
      first_name: 'Mary',
      last_name: 'Jones',
      email: 'mary@example.com',
      city: 'Cardiff',
      date_of_birth: '1980-04-23',
      has_ev_charger: false,
      energy_bill_amount: 99.5,
    });
    const second = await postLead(app, {
      user: 'DaniC',
      lead_id: 'keep',
      first_name: '',
      last_name: '--A--last_name--B--',
      email: null,
      city: '   ',
      date_of_birth: '0000-00-00',
      fullname: 'Danielle Crutchley',
      comments: 'Rang twice',
    });
    expect(second.body.lead).toMatchObject({
      id: first.body.lead.id,
      full_name: 'Mary Jones',
      email: 'mary@example.com',
      city: 'Cardiff',
      date_of_birth: '1980-04-23',
      has_ev_charger: false,
      energy_bill_amount: 99.5,
      comments: 'Rang twice',
      assigned_agent_username: 'CalebG',
    });
    expect(second.body.lead.last_agent_id).not.toBe(second.body.lead.assigned_agent_id);
  });

  it('reads a default web form of VICIdial, with its stripped colons, decoded plus, credentials and agent name', async () => {
    const query =
      'lead_id=77001&vendor_id=V9&list_id=101&gmt_offset_now=0.00&phone_code=44&phone_number=7700900555&title=Mr' +
      '&first_name=Zo%C3%AB&middle_initial=&last_name=O%27Brien&address1=1+Mill+Road&address2=&address3=&city=Leeds' +
      '&state=&province=&postal_code=LS1+1AA&country_code=GBR&gender=F&date_of_birth=0000-00-00&alt_phone=' +
      '&email=&security_phrase=&comments=&user=calebg&pass=hunter2secret&orig_pass=hunter2secret&campaign=SOLAR' +
      '&phone_login=8001&phone_pass=hunter2secret&fronter=CalebG&closer=CalebG&group=SOLAR&channel_group=SOLAR' +
      '&SQLdate=2025-07-11+101112&epoch=&uniqueid=1752225072.1234&customer_zap_channel=SIP/trunk-1&server_ip=10.0.0.5' +
      '&SIPexten=8600051&session_id=8600051&phone=+447700900555&parked_by=77001&dialed_number=7700900555&dialed_label=MAIN' +
      '&rank=0&owner=&fullname=Caleb+Galloway&camp_script=&in_script=&script_width=600&script_height=400' +
      '&recording_filename=20250711-101112_7700900555&user_custom_one=--A--user_custom_one--B--&mystery=blue';
    const reply = await app.http.get(`${INTAKE}?api_key=${DIALER_KEY}&${query}`);
    expect(reply.status).toBe(201);
    expect(reply.body.lead).toMatchObject({
      full_name: "Mr Zoë O'Brien",
      phone: '+447700900555',
      called_at: '2025-07-11T09:11:12.000Z',
      recording_file: '20250711-101112_7700900555',
      date_of_birth: null,
      dialer_data: { mystery: 'blue' },
    });
    const everything = await app.database.read.one<{ text: string }>(
      `select concat((select jsonb_agg(to_jsonb(l)) from lead l), (select jsonb_agg(to_jsonb(e)) from event e),
         (select jsonb_agg(to_jsonb(c)) from lead_change c)) as text`,
    );
    expect(everything?.text).not.toContain('hunter2secret');
    expect(everything?.text).not.toContain(DIALER_KEY);
  });

  it('makes a callback of a callback disposition, and moves it when it is sent again', async () => {
    const fields = { user: 'CalebG', lead_id: 'cb', phone: '+447700900333', dispo: 'CALLBK' };
    const reply = await postLead(app, {
      ...fields,
      callback_datetime: '2031-07-12 14:30:00',
      callback_comments: 'Ask for Mary',
    });
    expect(reply.status).toBe(201);
    await postLead(app, { ...fields, callback_datetime: '2031-07-13 143000' });
    const agent = anAgent();
    const list = await app.http
      .get(`/api/leads/callbacks?lead_id=${reply.body.lead.id}`)
      .set('Authorization', `Bearer ${app.tokenFor(agent)}`);
    expect(list.body.callbacks).toEqual([
      expect.objectContaining({
        due_at: '2031-07-13T13:30:00.000Z',
        state: 'scheduled',
        note: 'Ask for Mary',
        source: 'dialer',
      }),
    ]);
  });

  it('refuses in the documented order and shape', async () => {
    const noKey = await app.http.post(INTAKE).send({ user: 'CalebG' });
    expect([noKey.status, noKey.body.code]).toEqual([401, 'INVALID_API_KEY']);
    expect(noKey.body).toEqual({ error: expect.any(String), code: 'INVALID_API_KEY', request_id: expect.any(String) });
    const noUser = await postLead(app, { email: 'x'.repeat(1000) });
    expect([noUser.status, noUser.body.error]).toEqual([400, 'Missing required fields: user']);
    const unknown = await postLead(app, { dialer_user_id: 'Nobody', email: 'x'.repeat(1000) });
    expect([unknown.status, unknown.body.error]).toEqual([404, "Agent with dialer_user_id 'Nobody' not found"]);
    const unknownUser = await postLead(app, { user: 'Nobody' });
    expect([unknownUser.status, unknownUser.body.error]).toEqual([404, "Agent with user 'Nobody' not found"]);
    const wrong = await postLead(app, { user: 'CalebG', email: 'x'.repeat(1000), energy_bill_amount: 'much' });
    expect(wrong.status).toBe(400);
    expect(Object.keys(wrong.body.details).sort()).toEqual(['email', 'energy_bill_amount']);
    expect((await postLead(app, { dialer_user_id: 'Nobody', user: 'DaniC' })).status).toBe(201);
    expect((await app.http.head(INTAKE).set('X-Dialer-Api-Key', DIALER_KEY)).status).toBe(404);
  });
});
