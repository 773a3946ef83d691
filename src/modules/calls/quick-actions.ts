import type { QuickAction, QuickActionsReply } from './calls.view';

const post = (path: string): Record<string, unknown> => ({ method: 'POST', path });

/** What an agent does with one click, and the route that does it. */
const ACTIONS: QuickAction[] = [
  {
    id: 'outbound_call',
    name: 'Start a call',
    action_type: 'call',
    icon: 'phone-outgoing',
    color: 'primary',
    action_data: { type: 'outbound', ...post('/api/calls/start-call') },
  },
  {
    id: 'inbound_call',
    name: 'Record an incoming call',
    action_type: 'call',
    icon: 'phone-incoming',
    color: 'success',
    action_data: { type: 'inbound', ...post('/api/calls') },
  },
  {
    id: 'add_note',
    name: 'Note something',
    action_type: 'note',
    icon: 'edit',
    color: 'info',
    action_data: post('/api/calls/{call_id}/notes'),
  },
  {
    id: 'schedule_callback',
    name: 'Promise to ring back',
    action_type: 'schedule',
    icon: 'calendar',
    color: 'warning',
    action_data: post('/api/calls/{call_id}/callback'),
  },
  {
    id: 'transfer',
    name: 'Transfer',
    action_type: 'transfer',
    icon: 'phone-forwarded',
    color: 'secondary',
    action_data: post('/api/calls/{call_id}/transfer'),
  },
];

export const quickActions = (): QuickActionsReply => ({
  success: true,
  actions: ACTIONS,
  count: ACTIONS.length,
  timestamp: new Date().toISOString(),
});
