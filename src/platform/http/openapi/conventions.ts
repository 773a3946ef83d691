/** The first page of the API's documentation: what holds for every route. */
export const CONVENTIONS = `
One backend for a call centre that sells: leads from the dialer, calls, tickets, sales, subscriptions, integrations,
webhooks and live dashboards.

## Signing in

People send \`Authorization: Bearer <access token>\`, which \`POST /api/auth/login\` gives out, or the session cookie.
Services send an API key as \`Authorization: Bearer <key>\` or \`X-Api-Key\`; an admin makes keys at
\`/api/auth/api-keys\` and gives each its scopes. Each operation names who may call it. The dialer has a key of its own
(\`X-Dialer-Api-Key\`); what providers post to us is signed by them.

## Requests

JSON in, JSON out, names in snake_case. Every route answers with and without a trailing slash. Properties that a route
does not know are ignored. Where an operation takes its input from the query string or the body, a value in the body
wins. A body is at most 1 MB. Times are ISO 8601 in UTC with \`Z\`. Telephone numbers are kept as sent and, where they
are numbers, in E.164.

## Lists

\`limit\` (50 unless said otherwise, at most 200) and \`cursor\`. The answer holds \`count\`, the number of rows in this
page, and \`next_cursor\`, null at the end. A cursor is opaque. Pages stay right while rows are added.

## Errors

An error has a stable upper-case \`code\`, a sentence, the \`request_id\` to quote, and where fields are wrong \`details\`,
which maps each to what is wrong with it. The sentence stands in \`message\` and \`error\`; the dialer's routes have only
\`error\`, the sales routes \`detail\`.

| status | meaning |
|---|---|
| 400 | the input is wrong |
| 401 | nobody is signed in, or the credential is wrong or over |
| 403 | signed in, but not allowed |
| 404 | not there, or not yours |
| 409 | not possible in the present state |
| 413, 415 | the body is too large, or of a type that is not read |
| 429 | too many requests; \`Retry-After\` says when to come again |
| 502, 504 | a system behind us answered wrongly, or not in time |

## Sending again

A POST may carry an \`Idempotency-Key\`. The first answer under it is kept for 24 hours and sent again, with
\`Idempotency-Replayed: true\`, to whoever repeats the request; the same key with another query or body is 409
\`IDEMPOTENCY_KEY_REUSED\`, and two at once run once. Not on the routes of sign-in, not for uploads, not for callers who
are not signed in; answers of 5xx and 429 are not kept.

## Limits

Reads and writes are limited per caller, or per address for callers who are not signed in. \`RateLimit-Policy\` tells the
limit, \`RateLimit\` what is left of it and the seconds until it is full again.

## Tracing

Send \`X-Request-Id\` (letters, digits, \`.\`, \`_\`, \`-\`; at most 100) to find a request again; one is made otherwise. It
comes back in the answer and stands in the logs.
`.trim();

/** What the groups of operations are about. A room not listed here is shown by its name alone. */
export const TAGS: Readonly<Record<string, string>> = {
  Health: 'For load balancers and watchdogs.',
  Metrics: 'What the process has to tell to Prometheus.',
  Auth: 'Registering, signing in and out, passwords, API keys.',
  Customers: 'The people we call and who call us; one per telephone number.',
  Agents: 'Agents, their status and their work.',
  Calls: 'Calls, the queue, transfers, transcripts.',
  Dialer: 'What the dialer posts.',
  Leads: 'Leads and their callbacks.',
  Tickets: 'Tickets and their notes.',
  Sales: 'Sales processes and recordings at the DTech gateway.',
  Subscriptions: 'Plans, subscriptions and invoices.',
  Integrations: 'CRM and ERP systems.',
  Webhooks: 'Other people’s servers that are told of events.',
  Events: 'The log behind live updates.',
  Dashboard: 'Figures for the dashboards.',
};
