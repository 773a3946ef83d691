/** Every status a lead may have; a new one is `interested`. */
export const LEAD_STATUSES = [
  'cold_call',
  'interested',
  'not_interested',
  'tenant',
  'other_disposition',
  'sent_to_kelly',
  'qualified',
  'appointment_set',
  'appointment_completed',
  'sale_made',
  'sale_lost',
  'no_contact',
  'blow_out',
  'callback',
  'pass_back_to_agent',
  'pass_back',
  'desk_top_survey',
  'on_hold',
  'qualifier_callback',
  'sold',
] as const;

export type LeadStatus = (typeof LEAD_STATUSES)[number];
