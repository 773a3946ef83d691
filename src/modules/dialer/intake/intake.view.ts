import { LeadView } from '../leads/lead.view';

/** What the dialer is told. */
export class IntakeReply {
  /** @example true */
  success: true;

  lead: LeadView;

  /** @example "Lead created successfully" */
  message: string;

  /**
   * Where to send the agent's browser.
   * @example "https://crm.example.com/agent-dashboard?from_dialer=true&lead_id=123&full_name=John%20Smith"
   */
  redirect_url: string;
}

/** The dashboard's address for this lead; what is not known is left out. */
export function redirectUrl(appBaseUrl: string, lead: LeadView): string {
  const query = Object.entries({
    from_dialer: 'true',
    lead_id: String(lead.id),
    full_name: lead.full_name,
    phone: lead.phone,
    email: lead.email,
    notes: cut(lead.notes ?? lead.comments),
  })
    .filter((pair): pair is [string, string] => pair[1] !== null)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${appBaseUrl}/agent-dashboard?${query.join('&')}`;
}

/** Browsers and proxies refuse addresses of many kilobytes; the page reads the whole notes by the lead's id anyway. */
const LONGEST_NOTES = 500;
const cut = (notes: string | null): string | null => notes && notes.slice(0, LONGEST_NOTES).toWellFormed();
