import { SAMPLE_CREDENTIALS } from './modules/auth';
import { type Config, SAMPLE_DIALER_KEY } from './platform/config/config';

/** What the person at the terminal is told once everything runs: where things are, and how to try them. */
export function welcome(config: Config, hasSampleData: boolean): string[] {
  const { production, role, servesHttp, server, dialer } = config;
  if (!servesHttp) return [`working (ROLE=${role})`];
  const at = `http://localhost:${server.port}`;
  if (production) return [`listening on ${at}`];
  const { admin, user, agentPassword } = SAMPLE_CREDENTIALS;
  const signIn = [
    `  admin       ${admin.email} / ${admin.password}`,
    `  agents      calebg@example.com, sara@example.com … / ${agentPassword}`,
    `  subscriber  ${user.email} / ${user.password}`,
  ];
  return [
    '',
    `  API         ${at}/api, explorer ${at}/docs, ${at}/redoc`,
    `  live        Socket.IO ${at}/socket.io, WebSocket ${at.replace('http', 'ws')}/ws/updates`,
    `  health      ${at}/health/ready`,
    // the sample key is in the documents; one that somebody set is a secret, and this is read into logs
    `  dialer      X-Dialer-Api-Key: ${dialer.apiKey === SAMPLE_DIALER_KEY ? SAMPLE_DIALER_KEY : 'your DIALER_API_KEY'}`,
    ...(hasSampleData ? signIn : []),
    '',
    `listening on ${at}`,
  ];
}
