import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { DtechGateway } from '../../sandbox/dtech/dtech-gateway';
import { dtechCommand } from '../../src/clients/dtech-command';
import { calculateFileMd5, SalesClient, SalesError, uploadRecordingFile } from '../../src/clients/sales-client';
import { anAgent } from '../support/actors';
import { ACCOUNT, aSale, realm, sellingThrough } from '../support/dtech';
import { startTestApp, type TestApp } from '../support/test-app';

const { user, lead } = aSale();
const sale = { user, lead };

describe('npm run dtech and its client', () => {
  const gateway = new DtechGateway(realm, ACCOUNT);
  let app: TestApp;
  let token: string;
  let recording: string;
  const content = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), randomBytes(700_000)]);

  beforeAll(async () => {
    app = await startTestApp({
      env: {
        ...sellingThrough(await gateway.listen()),
        RECORDING_MAX_MB: '1',
      },
    });
    token = app.tokenFor(anAgent({ code: 'AGT-901' }));
    recording = path.join(app.dataDir, 'a "quoted" Gespräch.wav');
    fs.writeFileSync(recording, content);
    fs.writeFileSync(path.join(app.dataDir, 'sale.json'), JSON.stringify(sale));
  });
  afterAll(async () => {
    await app.close();
    await gateway.close();
  });

  const run = async (argv: string[], env: Record<string, string> = {}, isTTY = false) => {
    let shown = '';
    let printed = '';
    const code = await dtechCommand(argv, {
      env: { DTECH_CLI_URL: app.url, DTECH_CLI_TOKEN: token, DIFFERENT_ACCOUNT_ID: ACCOUNT, ...env },
      screen: { isTTY, columns: 120, write: (text: string) => (shown += text) },
      print: (text) => (printed += text),
    });
    return { code, shown, printed };
  };
  const start = async (): Promise<string> => {
    const { code, printed } = await run(['start', '--input', path.join(app.dataDir, 'sale.json')]);
    expect(code).toBe(0);
    return (JSON.parse(printed) as { sales_process_id: string }).sales_process_id;
  };

  it('sells: start, continue, status, stop', async () => {
    const spid = await start();
    const input = path.join(app.dataDir, 'sale.json');
    expect(JSON.parse((await run(['continue', '--spid', spid, '--input', input])).printed)).toEqual({
      url: expect.stringContaining(spid),
      url_expiry: expect.any(String),
    });
    expect(JSON.parse((await run(['status', '--spid', spid])).printed)).toMatchObject({ status: 'in_progress' });
    const stopped = await run(['stop', '--spid', spid, '--reason', 'Customer not interested']);
    expect([stopped.code, JSON.parse(stopped.printed)]).toEqual([0, expect.objectContaining({ status: 'stopped' })]);
    const again = await run(['stop', '--spid', spid, '--reason', 'again']);
    expect(again).toEqual({ code: 1, printed: '', shown: '409 SALES_PROCESS_ENDED: The sales process is stopped\n' });
  });

  it('waits through what passes, such as a restart, and not through a refusal', async () => {
    const answers: (number | 'reset')[] = [503, 'reset', 429, 200, 404];
    const server = http.createServer((_request, response) => {
      const status = answers.shift();
      if (typeof status !== 'number') return void response.destroy();
      const recording = { status: 'complete', sent_bytes: 1, size_bytes: 1 };
      response.writeHead(status).end(JSON.stringify(status === 200 ? { recording } : { code: 'X', detail: 'no' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const client = new SalesClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'token');
      expect(await client.finished('x')).toMatchObject({ status: 'complete' });
      await expect(client.finished('x')).rejects.toMatchObject({ status: 404 });
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it.each([true, false])('uploads a recording and shows how far it is (terminal: %s)', async (isTTY) => {
    const spid = await start();
    const { code, shown, printed } = await run(
      ['upload', '--spid', spid, recording, '--date-start', '2025-06-08T10:15:00', '--date-end', '2025-06-08T10:20:00'],
      {},
      isTTY,
    );
    const done = JSON.parse(printed) as { recording_id: string };
    expect([code, done]).toEqual([
      0,
      expect.objectContaining({
        status: 'complete',
        file_name: 'a "quoted" Gespräch.wav',
        recorded_at: '2025-06-08T08:15:00.000Z',
        size_bytes: content.length,
      }),
    ]);
    expect(gateway.uploads.get(done.recording_id)).toMatchObject({
      puts: 1,
      stored: { size: content.length, md5: createHash('md5').update(content).digest('base64') },
    });
    expect(shown).toContain('to the server  [==============================] 100 % of 0.7 MB');
    expect(shown).toContain('to the gateway [==============================] 100 % of 0.7 MB');
    expect(shown.includes('\r')).toBe(isTTY);
  });

  it('takes the two steps of those who upload by themselves', async () => {
    const spid = await start();
    const client = new SalesClient(`${app.url}/`, token);
    const recordingHash = await calculateFileMd5(recording);
    expect((await run(['md5', recording])).printed).toBe(`${recordingHash}\n`);
    const { upload_url, upload_id } = await client.recordingUrl(spid, {
      account_id: ACCOUNT,
      date_start: '2025-06-08T10:15:00',
      date_end: '2025-06-08T10:20:00',
      recording_hash: recordingHash,
      filename: 'recording.wav',
      content_type: 'audio/wav',
    });
    const target = { uploadUrl: upload_url, filePath: recording, contentType: 'audio/wav', recordingHash };
    await expect(uploadRecordingFile({ ...target, contentType: 'audio/mpeg' })).rejects.toThrow(
      'the store refused the file',
    );
    await uploadRecordingFile(target);
    expect((await client.report(upload_id, { status: 'complete' })).recording.status).toBe('complete');
    expect((await client.recordings(spid)).recordings.map((one) => one.upload_id)).toEqual([upload_id]);
    expect((await client.process(spid)).sales_process.status).toBe('in_progress');
  });

  it('says in a line what is wrong', async () => {
    const spid = await start();
    const large = path.join(app.dataDir, 'large.wav');
    fs.writeFileSync(large, Buffer.concat([content, content]));
    const empty = path.join(app.dataDir, 'empty.wav');
    fs.writeFileSync(empty, '');
    expect(await run(['upload', '--spid', spid, large])).toMatchObject({
      code: 1,
      shown: expect.stringContaining('413 RECORDING_TOO_LARGE: The file is larger than 1 MB\n  file is too large\n'),
    });
    expect((await run(['upload', '--spid', spid, empty])).shown).toContain('415 NOT_AUDIO');
    expect((await run(['upload', '--spid', spid, '/nowhere.wav'])).shown).toContain('ENOENT');
    expect((await run(['upload', '--spid', 'unknown', recording])).shown).toContain('404 SALES_PROCESS_NOT_FOUND');
    expect((await run(['status', '--spid', spid], { DTECH_CLI_TOKEN: 'wrong' })).shown).toContain('401');
    expect((await run(['status', '--spid', spid], { DTECH_CLI_URL: 'http://127.0.0.1:1' })).shown).toBe(
      'nobody listens at DTECH_CLI_URL\n',
    );
    for (const argv of [[], ['sing'], ['upload', '--spid', spid], ['status', '--nonsense']]) {
      const { code, shown } = await run(argv);
      expect([code, shown]).toEqual([2, expect.stringContaining('usage: npm run dtech')]);
    }
    await expect(new SalesClient(app.url, token).status(spid, 'x')).rejects.toThrow(SalesError);
  });
});
