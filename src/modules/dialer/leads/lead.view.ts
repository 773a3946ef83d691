import type { LeadRow } from './lead.entity';
import type { LeadStatus } from './lead-status';

/** A lead row with the names of what it refers to. */
export type LeadRecord = Omit<LeadRow, 'search_text'> & {
  agent_code: string | null;
  agent_name: string | null;
  agent_username: string | null;
  last_agent_code: string | null;
  customer_code: string | null;
};

/** A lead as the API and the events show it. */
export class LeadView {
  /**
   * What callers know the lead by.
   * @example 123
   */
  id: number;

  /**
   * Built from title, first name, middle initial and last name when there are any.
   * @example "John A Smith"
   */
  full_name: string | null;

  /** @example "Mr" */
  title: string | null;

  /** @example "John" */
  first_name: string | null;

  /** @example "A" */
  middle_initial: string | null;

  /** @example "Smith" */
  last_name: string | null;

  /**
   * The telephone number: E.164 when what was sent is one, else as it was sent.
   * @example "+447700900123"
   */
  phone: string | null;

  /**
   * The number as it was last sent.
   * @example "(07700) 900123"
   */
  phone_sent: string | null;

  /**
   * The number leads are matched by; null when there is none, or when it belongs to another lead.
   * @example "+447700900123"
   */
  phone_e164: string | null;

  /** @example "+442079460958" */
  alt_phone: string | null;

  /** @example "john.smith@example.com" */
  email: string | null;

  /** @example "interested" */
  status: LeadStatus;

  /**
   * The agent whose lead this is: the first who sent it, until somebody changes that.
   * @example "AGT-001"
   */
  assigned_agent_id: string | null;

  /** @example "Caleb Galloway" */
  assigned_agent_name: string | null;

  /**
   * That agent's name in the dialer.
   * @example "CalebG"
   */
  assigned_agent_username: string | null;

  /**
   * The agent who sent it last.
   * @example "AGT-001"
   */
  last_agent_id: string | null;

  /**
   * The customer with this telephone number.
   * @example "CUST-001"
   */
  customer_id: string | null;

  /**
   * The id the dialer last used for this lead.
   * @example "DIALER_12345"
   */
  dialer_lead_id: string | null;

  /** @example "VENDOR_001" */
  vendor_id: string | null;

  /** @example "LIST_12345" */
  list_id: string | null;

  /** @example "123 Solar Street" */
  address1: string | null;

  /** @example "Flat 2" */
  address2: string | null;

  /** @example "Westminster" */
  address3: string | null;

  /** @example "London" */
  city: string | null;

  /** @example "LDN" */
  state: string | null;

  /** @example "Greater London" */
  province: string | null;

  /** @example "SW1A 1AA" */
  postal_code: string | null;

  /** @example "GB" */
  country_code: string | null;

  /** @example "M" */
  gender: string | null;

  /** @example "1980-04-23" */
  date_of_birth: string | null;

  /** @example "Solar_Campaign_2024" */
  campaign: string | null;

  /**
   * The agent's conference in the dialer's last call.
   * @example "SESSION_12345"
   */
  session_id: string | null;

  /** @example "recording_12345.wav" */
  recording_file: string | null;

  /**
   * When the dialer's last call was.
   * @example "2025-07-11T09:11:12.000Z"
   */
  called_at: string | null;

  /**
   * Comments kept in the dialer.
   * @example "Interested in solar panels"
   */
  comments: string | null;

  /**
   * Notes of whoever works the lead.
   * @example "Call after six"
   */
  notes: string | null;

  /** @example 120.5 */
  energy_bill_amount: number | null;

  /** @example true */
  has_ev_charger: boolean | null;

  /**
   * Whether the tariff differs between day and night.
   * @example "unsure"
   */
  day_night_rate: 'yes' | 'no' | 'unsure' | null;

  /** @example false */
  has_previous_quotes: boolean | null;

  /** @example "One quote in 2023" */
  previous_quotes_details: string | null;

  /** @example "2025-07-20T14:30:00.000Z" */
  appointment_at: string | null;

  /** @example "Ring the side bell" */
  appointment_notes: string | null;

  /**
   * What the dialer last said of itself and the call, under its own names.
   * @example {"uniqueid": "1752225072.1234", "group": "Solar_Campaign_2024"}
   */
  call_data: Record<string, string>;

  /**
   * Fields the dialer sent that have no meaning here.
   * @example {"user_custom_one": "blue"}
   */
  dialer_data: Record<string, unknown>;

  /** @example "2024-01-15T10:30:00.000Z" */
  created_at: string;

  /** @example "2024-01-15T10:30:00.000Z" */
  updated_at: string;
}

/** What of a lead leaves the house. */
export const leadView = (row: LeadRecord): LeadView => ({
  id: row.number,
  full_name: row.full_name,
  title: row.title,
  first_name: row.first_name,
  middle_initial: row.middle_initial,
  last_name: row.last_name,
  phone: row.phone_e164 ?? row.phone,
  phone_sent: row.phone,
  phone_e164: row.phone_e164,
  alt_phone: row.alt_phone,
  email: row.email,
  status: row.status,
  assigned_agent_id: row.agent_code,
  assigned_agent_name: row.agent_name,
  assigned_agent_username: row.agent_username,
  last_agent_id: row.last_agent_code,
  customer_id: row.customer_code,
  dialer_lead_id: row.dialer_lead_id,
  vendor_id: row.vendor_id,
  list_id: row.list_id,
  address1: row.address1,
  address2: row.address2,
  address3: row.address3,
  city: row.city,
  state: row.state,
  province: row.province,
  postal_code: row.postal_code,
  country_code: row.country_code,
  gender: row.gender,
  date_of_birth: row.date_of_birth,
  campaign: row.campaign,
  session_id: row.call_data['session_id'] ?? null,
  recording_file: row.recording_file,
  called_at: row.called_at?.toISOString() ?? null,
  comments: row.comments,
  notes: row.notes,
  energy_bill_amount: row.energy_bill_amount,
  has_ev_charger: row.has_ev_charger,
  day_night_rate: row.day_night_rate,
  has_previous_quotes: row.has_previous_quotes,
  previous_quotes_details: row.previous_quotes_details,
  appointment_at: row.appointment_at?.toISOString() ?? null,
  appointment_notes: row.appointment_notes,
  call_data: row.call_data,
  dialer_data: row.dialer_data,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});
