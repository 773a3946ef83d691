import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { IsCidrList } from './cidr';
import { Setting } from './setting';

const URL_PATTERN = /^https?:\/\/[^\s/]+(\/\S*)?$/i;
const httpUrl = { message: 'must be an http or https URL' };
const APPWRITE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,35}$/;
const appwriteId = { message: 'must be an Appwrite id: at most 36 letters, digits, dots, dashes and underscores' };

/**
 * Every variable the product reads, one property each. This file is the only reader's map of the environment:
 * `.env.example` is generated from it, and `load-env.ts` is the only place that looks at `process.env`.
 */
export class Env {
  // ── Server ──────────────────────────────────────────────────────────────────────────────────────────────────
  @Setting(
    'Server',
    'development, test or production. Production refuses default, short or sample secrets and the sandbox.',
    'development',
  )
  @IsIn(['development', 'test', 'production'])
  NODE_ENV: string;

  @Setting(
    'Server',
    'What this process does: all, api (HTTP and sockets only) or worker (jobs and the event relay only).',
    'all',
  )
  @IsIn(['all', 'api', 'worker'])
  ROLE: string;

  @Setting('Server', 'TCP port to listen on.', '8000')
  @IsInt()
  @Min(0)
  @Max(65535)
  PORT: number;

  @Setting('Server', 'Address to listen on.', '0.0.0.0')
  @IsString()
  HOST: string;

  @Setting(
    'Server',
    'Where browsers reach the web app: links in mails and the dialer redirect start with it. Default: http://localhost:PORT.',
  )
  @IsOptional()
  @Matches(URL_PATTERN, httpUrl)
  APP_BASE_URL?: string;

  @Setting('Server', 'Where providers reach this server from outside (what Twilio signs). Default: APP_BASE_URL.')
  @IsOptional()
  @Matches(URL_PATTERN, httpUrl)
  PUBLIC_URL?: string;

  @Setting('Server', 'How many proxies in front of us are trusted to write X-Forwarded-For and X-Forwarded-Proto.', '0')
  @IsInt()
  @Min(0)
  @Max(10)
  TRUST_PROXY: number;

  @Setting(
    'Server',
    'Origins, comma-separated, whose pages may call the API from a browser; * for any, without cookies.',
    '',
  )
  @IsArray()
  @ArrayUnique()
  CORS_ORIGINS: string[];

  @Setting('Server', 'Factor on every rate limit; 0 switches them off, which production refuses.', '1')
  @IsNumber()
  @Min(0)
  RATE_LIMIT_SCALE: number;

  @Setting('Server', 'Log level: fatal, error, warn, info, debug, trace or silent.', 'info')
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  LOG_LEVEL: string;

  @Setting(
    'Server',
    'Token with which Prometheus scrapes /metrics, at least 24 characters. Unset: admins only.',
    undefined,
    { secret: true },
  )
  @IsOptional()
  @MinLength(24)
  METRICS_TOKEN?: string;

  @Setting(
    'Server',
    'Folder for the embedded database, generated secrets, the mail outbox and local recordings.',
    '.data',
  )
  @IsString()
  DATA_DIR: string;

  @Setting('Server', 'Create sample data in an empty database. Default: true outside production.')
  @IsOptional()
  @IsBoolean()
  SAMPLE_DATA?: boolean;

  @Setting(
    'Server',
    'Stand-ins on loopback for providers without credentials (telephony, sales gateway …). Default: true; production refuses it.',
  )
  @IsOptional()
  @IsBoolean()
  SANDBOX?: boolean;

  // ── Stores ──────────────────────────────────────────────────────────────────────────────────────────────────
  @Setting('Stores', 'PostgreSQL 15 or newer. Unset: an embedded PostgreSQL under DATA_DIR.', undefined, {
    secret: true,
  })
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/\S+$/, { message: 'must be a postgres:// URL' })
  DATABASE_URL?: string;

  @Setting('Stores', 'Connections this process may hold in each of its two pools (writing, reading).', '20')
  @IsInt()
  @Min(2)
  @Max(200)
  DATABASE_POOL_SIZE: number;

  @Setting('Stores', 'Redis for queues and shared rate limits. Unset: PostgreSQL carries the queues.')
  @IsOptional()
  @IsString()
  REDIS_HOST?: string;

  @Setting('Stores', 'Port of Redis.', '6379')
  @IsInt()
  @Min(1)
  @Max(65535)
  REDIS_PORT: number;

  @Setting('Stores', 'Database number of Redis.', '0')
  @IsInt()
  @Min(0)
  REDIS_DB: number;

  @Setting('Stores', 'Password of Redis.', undefined, { secret: true })
  @IsOptional()
  @IsString()
  REDIS_PASSWORD?: string;

  @Setting('Stores', 'Days the event log is kept; a client that was away longer reloads.', '90')
  @IsInt()
  @Min(1)
  EVENT_RETENTION_DAYS: number;

  // ── Live updates ────────────────────────────────────────────────────────────────────────────────────────────
  @Setting(
    'Live updates',
    'Live connections one user or API key may hold in one process; RATE_LIMIT_SCALE applies, 0 is no limit.',
    '1500',
  )
  @IsInt()
  @Min(0)
  LIVE_CONNECTIONS_PER_CALLER: number;

  // ── Secrets and sessions ────────────────────────────────────────────────────────────────────────────────────
  @Setting(
    'Secrets and sessions',
    'Signs tokens and cookies; at least 32 characters. Outside production one is made in DATA_DIR.',
    undefined,
    { secret: true },
  )
  @IsOptional()
  @MinLength(32)
  SECRET_KEY?: string;

  @Setting(
    'Secrets and sessions',
    'id:base64 of 32 bytes, comma-separated; the first encrypts, all decrypt. Outside production one is made in DATA_DIR.',
    undefined,
    { secret: true },
  )
  @IsOptional()
  @IsArray()
  @Matches(/^[A-Za-z0-9_-]{1,16}:[A-Za-z0-9+/]{43}=$/, { each: true, message: 'each must be id:base64 of 32 bytes' })
  ENCRYPTION_KEYS?: string[];

  @Setting('Secrets and sessions', 'Name of the session cookie.', 'session_id')
  @Matches(/^[A-Za-z0-9_-]{1,64}$/)
  SESSION_COOKIE_NAME: string;

  @Setting('Secrets and sessions', 'Minutes a session lasts without use.', '1440')
  @IsInt()
  @Min(5)
  SESSION_EXPIRE_MINUTES: number;

  @Setting('Secrets and sessions', 'E-mail of the first admin, created at start when set together with ADMIN_PASSWORD.')
  @IsOptional()
  @IsEmail()
  ADMIN_EMAIL?: string;

  @Setting('Secrets and sessions', 'Password of the first admin; at least 8 characters.', undefined, { secret: true })
  @IsOptional()
  @MinLength(8)
  @MaxLength(200)
  ADMIN_PASSWORD?: string;

  // ── Time ────────────────────────────────────────────────────────────────────────────────────────────────────
  @Setting('Time', 'Zone of "today" and of opening hours.', 'UTC')
  @IsString()
  BUSINESS_TIME_ZONE: string;

  @Setting(
    'Time',
    'Opening hours in BUSINESS_TIME_ZONE, comma-separated: Mon-Fri 09:00-18:00. Ticket targets count these hours alone.',
    'Sat-Thu 09:00-18:00',
  )
  @IsArray()
  BUSINESS_HOURS: string[];

  @Setting('Time', 'Days without opening hours, comma-separated: 2026-12-25.', '')
  @IsArray()
  BUSINESS_HOLIDAYS: string[];

  @Setting('Time', 'Zone in which times without an offset from the dialer are read.', 'Europe/London')
  @IsString()
  DIALER_TIME_ZONE: string;

  @Setting(
    'Time',
    'Country (ISO 3166) in which a phone number without a country code is read, when nothing else says.',
    'GB',
  )
  @Matches(/^[A-Z]{2}$/)
  PHONE_DEFAULT_COUNTRY: string;

  // ── Dialer ──────────────────────────────────────────────────────────────────────────────────────────────────
  @Setting(
    'Dialer',
    'Key the dialer sends in X-Dialer-Api-Key; required in production, at least 24 characters. Default elsewhere: margav-dialer-2024-secure-key-12345.',
    undefined,
    { secret: true },
  )
  @IsOptional()
  @IsString()
  DIALER_API_KEY?: string;

  @Setting(
    'Dialer',
    'Secret of the dialer signature. Set: requests must be signed (see DIALER_SIGNATURE).',
    undefined,
    { secret: true },
  )
  @IsOptional()
  @MinLength(16)
  DIALER_SECRET_KEY?: string;

  @Setting(
    'Dialer',
    'off, v1 or v2. Default: off without DIALER_SECRET_KEY, either form with one; v2 refuses the old form.',
  )
  @IsOptional()
  @IsIn(['off', 'v1', 'v2'])
  DIALER_SIGNATURE?: string;

  @Setting('Dialer', 'Addresses and CIDR ranges (IPv4, IPv6), comma-separated, that may post leads. Empty: any.', '')
  @IsArray()
  @IsCidrList()
  DIALER_ALLOWED_IPS: string[];

  @Setting(
    'Dialer',
    'Accept api_key in the query in production too, for dialers that can only send a bare GET.',
    'false',
  )
  @IsBoolean()
  DIALER_ALLOW_QUERY_KEY: boolean;

  // ── Tickets ─────────────────────────────────────────────────────────────────────────────────────────────────
  @Setting(
    'Tickets',
    'Targets in working minutes, priority:first response/resolution, comma-separated; a priority left out has none.',
    'urgent:30/240,high:60/480,medium:240/1440,low:480/4320',
  )
  @IsArray()
  @Matches(/^(low|medium|high|urgent):[1-9]\d{0,5}\/[1-9]\d{0,5}$/, {
    each: true,
    message: 'each must be priority:first/resolution, such as high:60/480',
  })
  TICKET_SLA_MINUTES: string[];

  @Setting('Tickets', 'Percent of a target after which a warning is given.', '80')
  @IsInt()
  @Min(1)
  @Max(99)
  TICKET_SLA_WARN_PERCENT: number;

  // ── Calls ───────────────────────────────────────────────────────────────────────────────────────────────────
  @Setting('Calls', 'Departments that calls wait in, comma-separated, in small letters.', 'reception,sales,complaints')
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @Matches(/^[a-z][a-z0-9_-]{0,49}$/, { each: true, message: 'each must be small letters, digits, _ or -' })
  DEPARTMENTS: string[];

  @Setting('Calls', 'Seconds an agent has to take a call that is offered to him.', '20')
  @IsNumber()
  @Min(0.1)
  @Max(3600)
  OFFER_TIMEOUT_SECONDS: number;

  @Setting('Calls', 'Offers an agent may let pass in a row before he is taken to be on a break.', '2')
  @IsInt()
  @Min(1)
  @Max(100)
  MAX_MISSED_OFFERS: number;

  @Setting('Calls', 'Seconds an agent has to write up a call before he is offered the next; 0 for none.', '30')
  @IsNumber()
  @Min(0)
  @Max(3600)
  WRAP_UP_SECONDS: number;

  @Setting('Calls', 'Seconds within which a call that an agent took must be connected.', '60')
  @IsNumber()
  @Min(0.1)
  @Max(3600)
  CONNECT_TIMEOUT_SECONDS: number;

  @Setting('Calls', 'Seconds without a sign of life after which an agent who gave some is offered no calls.', '30')
  @IsNumber()
  @Min(1)
  @Max(86400)
  AGENT_HEARTBEAT_SECONDS: number;

  @Setting('Calls', 'Seconds within which an answer counts as in time, for departments that set nothing else.', '20')
  @IsInt()
  @Min(1)
  @Max(3600)
  SERVICE_LEVEL_SECONDS: number;

  @Setting('Calls', 'Seconds before which giving up counts as a short abandon, likewise.', '5')
  @IsInt()
  @Min(0)
  @Max(3600)
  SHORT_ABANDON_SECONDS: number;

  // ── Telephony ───────────────────────────────────────────────────────────────────────────────────────────────
  @Setting('Telephony', 'Twilio account. Unset: calls cannot be dialled (503), or go to the sandbox.')
  @IsOptional()
  @Matches(/^AC[0-9a-f]{32}$/, { message: 'must be AC and 32 hex digits' })
  TWILIO_ACCOUNT_SID?: string;

  @Setting('Telephony', 'Primary auth token of the account: it signs what Twilio sends us.', undefined, {
    secret: true,
  })
  @IsOptional()
  @MinLength(16)
  TWILIO_AUTH_TOKEN?: string;

  @Setting('Telephony', 'Our number, E.164: calls are dialled from it.')
  @IsOptional()
  @Matches(/^\+[1-9]\d{6,14}$/, { message: 'must be an E.164 number such as +15005550006' })
  TWILIO_PHONE_NUMBER?: string;

  @Setting('Telephony', 'API key for the access tokens of browser telephones.')
  @IsOptional()
  @Matches(/^SK[0-9a-f]{32}$/, { message: 'must be SK and 32 hex digits' })
  TWILIO_API_KEY?: string;

  @Setting('Telephony', 'Secret of TWILIO_API_KEY.', undefined, { secret: true })
  @IsOptional()
  @MinLength(16)
  TWILIO_API_SECRET?: string;

  @Setting('Telephony', 'TwiML application of browser telephones.')
  @IsOptional()
  @Matches(/^AP[0-9a-f]{32}$/, { message: 'must be AP and 32 hex digits' })
  TWILIO_TWIML_APP_SID?: string;

  @Setting('Telephony', 'Where Twilio is, for gateways and tests.', 'https://api.twilio.com')
  @Matches(URL_PATTERN, httpUrl)
  TWILIO_API_BASE: string;

  @Setting('Telephony', 'Milliseconds the carrier has for an answer.', '10000')
  @IsInt()
  @Min(100)
  @Max(60000)
  TWILIO_TIMEOUT_MS: number;

  @Setting('Telephony', 'Record conversations.', 'true')
  @IsBoolean()
  RECORD_CALLS: boolean;

  @Setting('Telephony', 'Let the carrier write down what is said while it is said.', 'false')
  @IsBoolean()
  TRANSCRIBE_CALLS: boolean;

  @Setting('Telephony', 'Days recordings are kept; 0 for ever.', '180')
  @IsInt()
  @Min(0)
  @Max(36500)
  RECORDING_RETENTION_DAYS: number;

  // ── AI assistance ───────────────────────────────────────────────────────────────────────────────────────────
  @Setting(
    'AI assistance',
    'HomeAI, or any server with an OpenAI-compatible chat call; `sandbox` starts a stand-in outside production.',
    'https://api.homeai.com/v1',
  )
  @Matches(URL_PATTERN, httpUrl)
  HOMEAI_API_URL: string;

  @Setting('AI assistance', 'Its key. Unset: the local assistance serves, which needs nobody.', undefined, {
    secret: true,
  })
  @IsOptional()
  @IsString()
  HOMEAI_API_KEY?: string;

  @Setting('AI assistance', 'The model asked where an agent prefers none.', 'homeai-standard')
  @IsString()
  HOMEAI_MODEL: string;

  // ── Mail ────────────────────────────────────────────────────────────────────────────────────────────────────
  @Setting('Mail', 'SMTP server. Unset outside production: mails land in DATA_DIR/outbox and in the log.')
  @IsOptional()
  @IsString()
  EMAIL_HOST?: string;

  @Setting('Mail', 'SMTP port.', '587')
  @IsInt()
  @Min(1)
  @Max(65535)
  EMAIL_PORT: number;

  @Setting('Mail', 'Require STARTTLS (port 465 speaks TLS from the start).', 'true')
  @IsBoolean()
  EMAIL_USE_TLS: boolean;

  @Setting('Mail', 'SMTP user.')
  @IsOptional()
  @IsString()
  EMAIL_HOST_USER?: string;

  @Setting('Mail', 'SMTP password.', undefined, { secret: true })
  @IsOptional()
  @IsString()
  EMAIL_HOST_PASSWORD?: string;

  @Setting('Mail', 'Sender of our mails. Default: EMAIL_HOST_USER, else no-reply@localhost.')
  @IsOptional()
  @IsEmail()
  EMAIL_FROM?: string;

  // ── Recordings ──────────────────────────────────────────────────────────────────────────────────────────────
  @Setting('Storage', 'Where recordings are kept: local (DATA_DIR) or s3.', 'local')
  @IsIn(['local', 's3'])
  STORAGE_DRIVER: string;

  @Setting('Storage', 'Bucket of recordings, with STORAGE_DRIVER=s3.')
  @IsOptional()
  @IsString()
  STORAGE_S3_BUCKET?: string;

  @Setting('Storage', 'Region of the bucket.', 'eu-west-1')
  @IsString()
  STORAGE_S3_REGION: string;

  @Setting('Storage', 'Endpoint of another S3-compatible store; unset: AWS.')
  @IsOptional()
  @Matches(URL_PATTERN, httpUrl)
  STORAGE_S3_ENDPOINT?: string;

  @Setting('Storage', 'Access key of the bucket (never AWS_ACCESS_KEY_ID, which is the sales gateway’s).', undefined, {
    secret: true,
  })
  @IsOptional()
  @IsString()
  STORAGE_S3_ACCESS_KEY_ID?: string;

  @Setting('Storage', 'Secret key of the bucket.', undefined, { secret: true })
  @IsOptional()
  @IsString()
  STORAGE_S3_SECRET_ACCESS_KEY?: string;

  // ── Sales gateway (DTech) ───────────────────────────────────────────────────────────────────────────────────
  @Setting('Sales gateway', 'Address of the DTech test gateway.', 'https://test-dsp.integrations.different.co.za')
  @Matches(URL_PATTERN, httpUrl)
  DIFFERENT_API_TEST: string;

  @Setting('Sales gateway', 'Address of the DTech production gateway.', 'https://dsp.integrations.different.co.za')
  @Matches(URL_PATTERN, httpUrl)
  DIFFERENT_API_PROD: string;

  @Setting('Sales gateway', 'Which gateway is used: test or prod.', 'test')
  @IsIn(['test', 'prod'])
  DIFFERENT_ENV: string;

  @Setting('Sales gateway', 'Our account at DTech, a UUID. Unset: sales answer 503.')
  @IsOptional()
  @IsUUID()
  DIFFERENT_ACCOUNT_ID?: string;

  @Setting('Sales gateway', 'Access key from the activation. Unset: the key kept by an activation through the API.')
  @IsOptional()
  @IsString()
  AWS_ACCESS_KEY_ID?: string;

  @Setting('Sales gateway', 'Secret key from the activation.', undefined, { secret: true })
  @IsOptional()
  @IsString()
  AWS_SECRET_ACCESS_KEY?: string;

  @Setting('Sales gateway', 'Older spelling of AWS_ACCESS_KEY_ID.')
  @IsOptional()
  @IsString()
  AWS_ACCESS_KEY?: string;

  @Setting('Sales gateway', 'Older spelling of AWS_SECRET_ACCESS_KEY.', undefined, { secret: true })
  @IsOptional()
  @IsString()
  AWS_SECRET_KEY?: string;

  @Setting('Sales gateway', 'Region that requests are signed for.', 'eu-west-1')
  @IsString()
  AWS_REGION: string;

  @Setting('Sales gateway', 'Service that requests are signed for.', 'execute-api')
  @IsString()
  AWS_SERVICE: string;

  @Setting('Sales gateway', 'Milliseconds the gateway has to answer one request.', '15000')
  @IsInt()
  @Min(100)
  @Max(20_000)
  DTECH_TIMEOUT_MS: number;

  @Setting('Sales gateway', 'Zone of times without an offset in sales and recordings.', 'Africa/Johannesburg')
  @IsString()
  DTECH_TIME_ZONE: string;

  // ── Webhooks and integrations ───────────────────────────────────────────────────────────────────────────────
  @Setting('Webhooks', 'Accept plain http webhook URLs, for local work; production refuses it.', 'false')
  @IsBoolean()
  WEBHOOK_ALLOW_HTTP: boolean;

  @Setting(
    'Webhooks',
    'Accept webhook URLs on this machine and in private networks, for local work; production refuses it.',
    'false',
  )
  @IsBoolean()
  WEBHOOK_ALLOW_PRIVATE_NETWORK: boolean;

  @Setting(
    'Webhooks',
    'Waits before each further attempt (s, m or h), comma-separated; 20 % of jitter is added.',
    '5s,5m,30m,2h,5h,10h,14h,20h,24h',
  )
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(30)
  @Matches(/^\d{1,6}(ms|s|m|h)$/, { each: true, message: 'must be waits such as 5s,5m,2h' })
  WEBHOOK_RETRY_SCHEDULE: string[];

  @Setting('Webhooks', 'Milliseconds one attempt may take, connection and answer together.', '15000')
  @IsInt()
  @Min(100)
  @Max(30_000)
  WEBHOOK_TIMEOUT_MS: number;

  @Setting(
    'Webhooks',
    'An endpoint that has only failed for this long is disabled (h), and its owners are told.',
    '120h',
  )
  @Matches(/^\d{1,6}(ms|s|m|h)$/, { message: 'must be a duration such as 120h' })
  WEBHOOK_DISABLE_AFTER: string;

  @Setting('Webhooks', 'Days finished deliveries and their attempts are kept.', '30')
  @IsInt()
  @Min(1)
  @Max(3650)
  WEBHOOK_RETENTION_DAYS: number;

  @Setting('Webhooks', 'Requests each process may have under way to one endpoint at a time.', '16')
  @IsInt()
  @Min(1)
  @Max(1000)
  WEBHOOK_CONCURRENCY: number;

  @Setting('Webhooks', 'Requests a second to one endpoint and process; 0 for no limit.', '0')
  @IsInt()
  @Min(0)
  WEBHOOK_RATE_PER_SECOND: number;

  @Setting('Webhooks', 'Bytes a delivery may have at the most; a larger one fails and says so.', '262144')
  @IsInt()
  @Min(1024)
  @Max(1_048_576)
  WEBHOOK_MAX_PAYLOAD: number;

  @Setting(
    'Integrations',
    'Addresses and CIDR ranges, comma-separated, that integrations may reach beside public hosts (an SAP at home).',
    '',
  )
  @IsArray()
  @IsCidrList()
  INTEGRATIONS_ALLOWED_NETWORKS: string[];

  @Setting('Sales gateway', 'Largest recording that may be uploaded, in MB.', '500')
  @IsInt()
  @Min(1)
  @Max(5000)
  RECORDING_MAX_MB: number;

  @Setting('Sales gateway', 'Days a recording given to us is kept after its upload; 0 deletes it at once.', '0')
  @IsInt()
  @Min(0)
  SALES_RECORDING_KEEP_DAYS: number;

  // ── Appwrite ────────────────────────────────────────────────────────────────────────────────────────────────
  @Setting(
    'Appwrite',
    'Appwrite to which sales and their recordings are mirrored, with /v1. All six are set, or none: then nothing is mirrored.',
  )
  @IsOptional()
  @Matches(URL_PATTERN, httpUrl)
  APPWRITE_ENDPOINT?: string;

  @Setting('Appwrite', 'Id of the project.')
  @IsOptional()
  @Matches(APPWRITE_ID, appwriteId)
  APPWRITE_PROJECT_ID?: string;

  @Setting(
    'Appwrite',
    'API key with databases, collections, attributes, indexes and documents (read and write).',
    undefined,
    {
      secret: true,
    },
  )
  @IsOptional()
  @IsString()
  APPWRITE_API_KEY?: string;

  @Setting('Appwrite', 'Id of the database; npm run setup:appwrite makes it when it is not there.')
  @IsOptional()
  @Matches(APPWRITE_ID, appwriteId)
  APPWRITE_DATABASE_ID?: string;

  @Setting('Appwrite', 'Id of the collection of sales processes, likewise.')
  @IsOptional()
  @Matches(APPWRITE_ID, appwriteId)
  APPWRITE_SALES_COLLECTION_ID?: string;

  @Setting('Appwrite', 'Id of the collection of call recordings, likewise.')
  @IsOptional()
  @Matches(APPWRITE_ID, appwriteId)
  APPWRITE_RECORDINGS_COLLECTION_ID?: string;

  // ── Command line ────────────────────────────────────────────────────────────────────────────────────────────
  @Setting('Command line', 'Server that npm run dtech speaks to.', 'http://localhost:8000')
  @Matches(URL_PATTERN, httpUrl)
  DTECH_CLI_URL: string;

  @Setting(
    'Command line',
    'API key with sales:read and sales:write, or an access token, for npm run dtech.',
    undefined,
    {
      secret: true,
    },
  )
  @IsOptional()
  @IsString()
  DTECH_CLI_TOKEN?: string;
}
