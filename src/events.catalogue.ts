// One line per room: importing this file declares every event there is.
export * from './modules/agents/agents.events';
export * from './modules/customers/customers.events';
export * from './modules/dialer/dialer.events';
export * from './modules/dtech/sales.events';
export * from './modules/tickets/tickets.events';
export * from './modules/calls/calls.events';
export * from './modules/webhooks/webhooks.events';
export * from './modules/calls/recordings/recordings.events';
