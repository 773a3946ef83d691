import { Day, Money, PhoneText, Text, YesNo, YesNoUnsure } from './dialer-field';

/**
 * What a dialer sends about a lead: the fields of the document and those a VICIdial adds. All are optional but one of
 * `dialer_user_id` and `user`. Texts may be sent as numbers or booleans too. A field that is empty, or an unfilled
 * `--A--name--B--`, counts as absent and never erases what is known. Names not listed here are kept in `dialer_data`.
 */
export class DialerLead {
  // ── Who it is about ───────────────────────────────────────────────────────────────────────────────────────────────
  /**
   * The agent's id in the dialer (preferred). This or `user` is required.
   * @example CalebG
   */
  @Text(100)
  dialer_user_id?: string;

  /**
   * The agent's user name, when the dialer id is not linked.
   * @example CalebG
   */
  @Text(100)
  user?: string;

  /**
   * The dialer's id of the lead; the same id again is an update of that lead.
   * @example "67770"
   */
  @Text(100)
  lead_id?: string;

  /**
   * The list vendor's code of the lead.
   * @example VENDOR_001
   */
  @Text(255)
  vendor_id?: string;

  /**
   * The dialer's list.
   * @example LIST_12345
   */
  @Text(255)
  list_id?: string;

  /**
   * Hours of the lead's time zone before Greenwich.
   * @example "0.00"
   */
  @Text(255)
  gmt_offset_now?: string;

  /**
   * Calling code in which a national number is read.
   * @example "44"
   */
  @Text(255)
  phone_code?: string;

  /**
   * The lead's number, in any usual form.
   * @example "7700900123"
   */
  @PhoneText(255)
  phone_number?: string;

  /**
   * Form of address.
   * @example Mr
   */
  @Text(255)
  title?: string;

  /**
   * First name.
   * @example John
   */
  @Text(255)
  first_name?: string;

  /**
   * Middle initial.
   * @example A
   */
  @Text(255)
  middle_initial?: string;

  /**
   * Last name.
   * @example Smith
   */
  @Text(255)
  last_name?: string;

  /**
   * Whole name; only read when neither first nor last name is known.
   * @example John A Smith
   */
  @Text(500)
  full_name?: string;

  /**
   * Another spelling of `full_name`. Dialers put the **agent's** name here, so components win over it.
   * @example John Smith
   */
  @Text(500)
  fullname?: string;

  /**
   * First line of the address.
   * @example 123 Solar Street
   */
  @Text(500)
  address1?: string;

  /**
   * Second line of the address.
   * @example Flat 2
   */
  @Text(500)
  address2?: string;

  /**
   * Third line of the address; some dialers keep another number here.
   * @example Westminster
   */
  @Text(500)
  address3?: string;

  /**
   * City.
   * @example London
   */
  @Text(255)
  city?: string;

  /**
   * State.
   * @example LDN
   */
  @Text(255)
  state?: string;

  /**
   * Province.
   * @example Greater London
   */
  @Text(255)
  province?: string;

  /**
   * Postal code.
   * @example SW1A 1AA
   */
  @Text(100)
  postal_code?: string;

  /**
   * Country; two letters help to read a national number.
   * @example GB
   */
  @Text(100)
  country_code?: string;

  /**
   * Gender, as the dialer keeps it: M, F or U.
   * @example M
   */
  @Text(100)
  gender?: string;

  /**
   * Day of birth, `YYYY-MM-DD`; `0000-00-00` counts as unknown.
   * @example 1980-04-23
   */
  @Day()
  date_of_birth?: string;

  /**
   * Another number.
   * @example +442079460958
   */
  @PhoneText(255)
  alt_phone?: string;

  /**
   * The dialer's security phrase.
   * @example blue door
   */
  @Text(500)
  security_phrase?: string;

  /**
   * The lead's number; `phone_number` is read when it is absent.
   * @example +447700900123
   */
  @PhoneText(255)
  phone?: string;

  /**
   * E-mail address, kept as sent.
   * @example john.smith@example.com
   */
  @Text(320)
  email?: string;

  /**
   * Comments kept in the dialer.
   * @example Interested in solar panels
   */
  @Text(10_000)
  comments?: string;

  /**
   * Notes for the agent who takes the lead over.
   * @example Interested in solar panels
   */
  @Text(10_000)
  notes?: string;

  // ── Where the call came from ──────────────────────────────────────────────────────────────────────────────────────
  /**
   * The campaign.
   * @example Solar_Campaign_2024
   */
  @Text(255)
  campaign?: string;

  /**
   * The agent's phone.
   * @example "8001"
   */
  @Text(255)
  phone_login?: string;

  /**
   * The agent who spoke first.
   * @example CalebG
   */
  @Text(255)
  fronter?: string;

  /**
   * The agent who closed.
   * @example CalebG
   */
  @Text(255)
  closer?: string;

  /**
   * The inbound group or campaign.
   * @example Solar_Campaign_2024
   */
  @Text(255)
  group?: string;

  /**
   * The same as `group`.
   * @example Solar_Campaign_2024
   */
  @Text(255)
  channel_group?: string;

  /**
   * When, in `DIALER_TIME_ZONE`; dialers send it without colons too.
   * @example 2025-07-11 101112
   */
  @Text(100)
  SQLdate?: string;

  /**
   * When, in seconds since 1970; wins over `SQLdate`.
   * @example "1752225072"
   */
  @Text(100)
  epoch?: string;

  /**
   * The telephone exchange's id of the call.
   * @example "1752225072.1234"
   */
  @Text(255)
  uniqueid?: string;

  /**
   * The lead's channel.
   * @example SIP/trunk-00000001
   */
  @Text(500)
  customer_zap_channel?: string;

  /**
   * The dialer's server.
   * @example 10.0.0.5
   */
  @Text(255)
  server_ip?: string;

  /**
   * The agent's extension.
   * @example "8600051"
   */
  @Text(255)
  SIPexten?: string;

  /**
   * The agent's conference.
   * @example SESSION_12345
   */
  @Text(255)
  session_id?: string;

  /**
   * The number that was dialled.
   * @example "7700900123"
   */
  @Text(255)
  dialed_number?: string;

  /**
   * Which of the lead's numbers that was: MAIN, ALT or ADDR3.
   * @example MAIN
   */
  @Text(255)
  dialed_label?: string;

  /**
   * Rank in the list.
   * @example "0"
   */
  @Text(255)
  rank?: string;

  /**
   * Owner in the list.
   * @example CalebG
   */
  @Text(255)
  owner?: string;

  /**
   * Script of the campaign.
   * @example SOLAR
   */
  @Text(500)
  camp_script?: string;

  /**
   * Script of the inbound group.
   * @example SOLAR_IN
   */
  @Text(500)
  in_script?: string;

  /**
   * Width of the script's frame.
   * @example "600"
   */
  @Text(100)
  script_width?: string;

  /**
   * Height of the script's frame.
   * @example "400"
   */
  @Text(100)
  script_height?: string;

  /**
   * The recording's file.
   * @example recording_12345.wav
   */
  @Text(1000)
  recording_file?: string;

  /**
   * Another spelling of `recording_file`.
   * @example 20250711-101112_7700900123
   */
  @Text(1000)
  recording_filename?: string;

  /**
   * The dialer's id of the recording.
   * @example "98765"
   */
  @Text(255)
  recording_id?: string;

  // ── What the dialer says when the call is over ────────────────────────────────────────────────────────────────────
  /**
   * The disposition. `CALLBK` or `CBHOLD` with a `callback_datetime` makes a callback.
   * @example SALE
   */
  @Text(255)
  dispo?: string;

  /**
   * Name of the disposition.
   * @example Sale made
   */
  @Text(255)
  dispo_name?: string;

  /**
   * Seconds talked.
   * @example "125"
   */
  @Text(100)
  talk_time?: string;

  /**
   * Milliseconds talked.
   * @example "125000"
   */
  @Text(100)
  talk_time_ms?: string;

  /**
   * Minutes talked.
   * @example "2"
   */
  @Text(100)
  talk_time_min?: string;

  /**
   * Seconds after the lead hung up.
   * @example "4"
   */
  @Text(100)
  dead_time?: string;

  /**
   * Who ended the call.
   * @example CALLER
   */
  @Text(255)
  term_reason?: string;

  /**
   * Notes on this call.
   * @example Wants a quote for a heat pump too
   */
  @Text(10_000)
  call_notes?: string;

  /**
   * Status the callback was set with.
   * @example CALLBK
   */
  @Text(255)
  callback_lead_status?: string;

  /**
   * When to call back, in `DIALER_TIME_ZONE`.
   * @example 2030-07-12 14:30:00
   */
  @Text(255)
  callback_datetime?: string;

  /**
   * What the callback is about.
   * @example Ask for Mary
   */
  @Text(10_000)
  callback_comments?: string;

  /**
   * The dialer's id of the call.
   * @example M7111011120000067770
   */
  @Text(255)
  call_id?: string;

  /**
   * The agent's group.
   * @example AGENTS
   */
  @Text(255)
  user_group?: string;

  /**
   * The agent's e-mail address.
   * @example caleb@example.com
   */
  @Text(320)
  agent_email?: string;

  /**
   * The custom field list.
   * @example "101"
   */
  @Text(255)
  entry_list_id?: string;

  /**
   * Name of the list.
   * @example July web leads
   */
  @Text(255)
  list_name?: string;

  /**
   * Description of the list.
   * @example Leads bought in July
   */
  @Text(1000)
  list_description?: string;

  /**
   * How often the lead was called.
   * @example "3"
   */
  @Text(100)
  called_count?: string;

  /**
   * Who parked the call; some dialers put the lead's id here.
   * @example "67770"
   */
  @Text(255)
  parked_by?: string;

  /**
   * The dialled-in number's id.
   * @example "12"
   */
  @Text(255)
  did_id?: string;

  /**
   * The dialled-in number.
   * @example "442079460000"
   */
  @Text(255)
  did_extension?: string;

  /**
   * Pattern of the dialled-in number.
   * @example "442079460000"
   */
  @Text(255)
  did_pattern?: string;

  /**
   * Description of the dialled-in number.
   * @example Solar hotline
   */
  @Text(1000)
  did_description?: string;

  // ── Energy ────────────────────────────────────────────────────────────────────────────────────────────────────────
  /**
   * The energy bill, when it is known.
   * @example 120.5
   */
  @Money()
  energy_bill_amount?: number;

  /**
   * Whether there is a charger for an electric car.
   * @example true
   */
  @YesNo()
  has_ev_charger?: boolean;

  /**
   * Whether the tariff differs between day and night.
   * @example unsure
   */
  @YesNoUnsure()
  day_night_rate?: 'yes' | 'no' | 'unsure';

  /**
   * Whether there have been quotes before.
   * @example false
   */
  @YesNo()
  has_previous_quotes?: boolean;

  /**
   * About those quotes.
   * @example One quote in 2023, 8 panels
   */
  @Text(10_000)
  previous_quotes_details?: string;
}
