export { DialerModule } from './dialer.module';
export { LeadRow } from './leads/lead.entity';
export { LEAD_STATUSES, type LeadStatus } from './leads/lead-status';
export { LeadsQueries } from './leads/leads.queries';
export { type LeadView } from './leads/lead.view';
