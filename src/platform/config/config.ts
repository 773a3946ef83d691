import path from 'node:path';
import { IANAZone } from 'luxon';
import { BusinessCalendar } from '../time/business-calendar';
import { CidrList } from './cidr';
import type { Env } from './env';
import { generatedSecret, newEncryptionKey, newSecretKey } from './generated-secrets';
import { ConfigurationError, loadEnv } from './load-env';

const SAMPLE_WORDS = /your[-_ ]|change[-_ ]?me|example|sample|default|secret-key-here|margav-dialer-2024/i;

/** The key of the dialer's own documents: what it sends out of the box, so that a new set-up takes leads at once. */
export const SAMPLE_DIALER_KEY = 'margav-dialer-2024-secure-key-12345';

/** A key of the key ring: its id stands in every sealed value. */
export interface EncryptionKey {
  id: string;
  key: Buffer;
}

/** An S3-compatible bucket and its own credentials. */
export interface S3Settings {
  bucket: string;
  region: string;
  endpoint: string | undefined;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Where sales are mirrored to. */
export interface AppwriteSettings {
  /** With `/v1`. */
  endpoint: string;
  projectId: string;
  apiKey: string;
  databaseId: string;
  salesCollectionId: string;
  recordingsCollectionId: string;
}

/**
 * The typed configuration, read once at start. Injected as itself: `constructor(private readonly config: Config)`.
 * Throws a ConfigurationError naming the variable when a value is missing or malformed for this NODE_ENV.
 */
export class Config {
  readonly production: boolean;
  readonly role: 'all' | 'api' | 'worker';
  readonly servesHttp: boolean;
  readonly runsJobs: boolean;
  readonly server: {
    port: number;
    host: string;
    appBaseUrl: string;
    publicUrl: string;
    trustProxy: number;
    corsOrigins: string[];
    rateLimitScale: number;
    logLevel: string;
  };
  readonly metricsToken: string | undefined;
  readonly dataDir: string;
  readonly sampleData: boolean;
  readonly database: { url: string | undefined; poolSize: number };
  readonly redis: { host: string; port: number; db: number; password: string | undefined } | undefined;
  readonly eventRetentionDays: number;
  /** 0: no limit. */
  readonly live: { connectionsPerCaller: number };
  readonly secretKey: string;
  readonly encryptionKeys: EncryptionKey[];
  readonly session: { cookieName: string; expireMinutes: number };
  readonly firstAdmin: { email: string; password: string } | undefined;
  readonly time: { businessZone: string; dialerZone: string; businessHours: BusinessCalendar };
  readonly phoneDefaultCountry: string;
  readonly dialer: {
    apiKey: string | undefined;
    secretKey: string | undefined;
    signature: 'off' | 'v1' | 'v2' | 'either';
    allowedIps: CidrList;
    allowQueryKey: boolean;
  };
  readonly calls: {
    departments: string[];
    offerTimeoutSeconds: number;
    maxMissedOffers: number;
    wrapUpSeconds: number;
    connectTimeoutSeconds: number;
    heartbeatSeconds: number;
    serviceLevelSeconds: number;
    shortAbandonSeconds: number;
    /** Without a carrier's credentials, and never in production: calls go to a telephone company that is not there. */
    simulatesCarrier: boolean;
  };
  /** undefined without credentials. */
  readonly twilio:
    | {
        accountSid: string;
        authToken: string;
        phoneNumber: string;
        /** For browser telephones. */
        browser: { apiKey: string; apiSecret: string; twimlAppSid: string } | undefined;
        /** Without a trailing slash. */
        apiBase: string;
        timeoutMs: number;
        records: boolean;
        transcribes: boolean;
      }
    | undefined;
  readonly recordingRetentionDays: number;
  /** Without a key the local assistance serves alone. */
  readonly homeai: { baseUrl: string; apiKey: string; model: string } | undefined;
  readonly mail: {
    host: string | undefined;
    port: number;
    useTls: boolean;
    user: string | undefined;
    password: string | undefined;
    from: string;
  };
  readonly tickets: {
    /** Working minutes by priority; a priority without targets is missing. */
    targets: ReadonlyMap<string, { firstResponse: number; resolution: number }>;
    warnPercent: number;
  };
  readonly dtech: {
    environment: 'test' | 'prod';
    /** The gateway in use, without a trailing slash. */
    baseUrl: string;
    accountId: string | undefined;
    /** From the environment; they win over those kept by an activation. */
    credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
    region: string;
    service: string;
    timeoutMs: number;
    timeZone: string;
    maxRecordingBytes: number;
    keepRecordingDays: number;
  };
  /** Undefined: nothing is mirrored. */
  readonly appwrite: AppwriteSettings | undefined;
  readonly storage: { driver: 'local' } | ({ driver: 's3' } & S3Settings);
  readonly webhooks: {
    allowHttp: boolean;
    allowPrivateNetwork: boolean;
    retryScheduleMs: number[];
    timeoutMs: number;
    disableAfterMs: number;
    retentionDays: number;
    concurrency: number;
    ratePerSecond: number;
    maxPayload: number;
  };
  readonly integrations: { allowedNetworks: CidrList };

  constructor(env: Env) {
    this.production = env.NODE_ENV === 'production';
    this.role = env.ROLE as Config['role'];
    this.servesHttp = this.role !== 'worker';
    this.runsJobs = this.role !== 'api';
    const appBaseUrl = trimSlash(env.APP_BASE_URL ?? `http://localhost:${env.PORT}`);
    this.server = {
      port: env.PORT,
      host: env.HOST,
      appBaseUrl,
      publicUrl: trimSlash(env.PUBLIC_URL ?? appBaseUrl),
      trustProxy: env.TRUST_PROXY,
      corsOrigins: env.CORS_ORIGINS,
      rateLimitScale: env.RATE_LIMIT_SCALE,
      logLevel: env.LOG_LEVEL,
    };
    this.metricsToken = env.METRICS_TOKEN;
    this.dataDir = path.resolve(env.DATA_DIR);
    this.sampleData = env.SAMPLE_DATA ?? !this.production;
    this.database = { url: env.DATABASE_URL, poolSize: env.DATABASE_POOL_SIZE };
    this.redis = env.REDIS_HOST
      ? { host: env.REDIS_HOST, port: env.REDIS_PORT, db: env.REDIS_DB, password: env.REDIS_PASSWORD }
      : undefined;
    this.eventRetentionDays = env.EVENT_RETENTION_DAYS;
    this.live = { connectionsPerCaller: Math.ceil(env.LIVE_CONNECTIONS_PER_CALLER * env.RATE_LIMIT_SCALE) };
    this.session = { cookieName: env.SESSION_COOKIE_NAME, expireMinutes: env.SESSION_EXPIRE_MINUTES };
    this.firstAdmin =
      env.ADMIN_EMAIL && env.ADMIN_PASSWORD ? { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD } : undefined;
    this.phoneDefaultCountry = env.PHONE_DEFAULT_COUNTRY;
    this.dialer = {
      apiKey: env.DIALER_API_KEY ?? (this.production ? undefined : SAMPLE_DIALER_KEY),
      secretKey: env.DIALER_SECRET_KEY,
      signature:
        (env.DIALER_SIGNATURE as 'off' | 'v1' | 'v2' | undefined) ?? (env.DIALER_SECRET_KEY ? 'either' : 'off'),
      allowedIps: new CidrList(env.DIALER_ALLOWED_IPS),
      allowQueryKey: env.DIALER_ALLOW_QUERY_KEY,
    };
    this.calls = {
      departments: env.DEPARTMENTS,
      offerTimeoutSeconds: env.OFFER_TIMEOUT_SECONDS,
      maxMissedOffers: env.MAX_MISSED_OFFERS,
      wrapUpSeconds: env.WRAP_UP_SECONDS,
      connectTimeoutSeconds: env.CONNECT_TIMEOUT_SECONDS,
      heartbeatSeconds: env.AGENT_HEARTBEAT_SECONDS,
      serviceLevelSeconds: env.SERVICE_LEVEL_SECONDS,
      shortAbandonSeconds: env.SHORT_ABANDON_SECONDS,
      simulatesCarrier: !this.production && env.SANDBOX !== false,
    };
    const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_PHONE_NUMBER: phoneNumber } = env;
    const { TWILIO_API_KEY: apiKey, TWILIO_API_SECRET: apiSecret, TWILIO_TWIML_APP_SID: twimlAppSid } = env;
    this.twilio =
      accountSid && authToken && phoneNumber
        ? {
            accountSid,
            authToken,
            phoneNumber,
            browser: apiKey && apiSecret && twimlAppSid ? { apiKey, apiSecret, twimlAppSid } : undefined,
            apiBase: trimSlash(env.TWILIO_API_BASE),
            timeoutMs: env.TWILIO_TIMEOUT_MS,
            records: env.RECORD_CALLS,
            transcribes: env.TRANSCRIBE_CALLS,
          }
        : undefined;
    this.recordingRetentionDays = env.RECORDING_RETENTION_DAYS;
    this.homeai = env.HOMEAI_API_KEY
      ? { baseUrl: trimSlash(env.HOMEAI_API_URL), apiKey: env.HOMEAI_API_KEY, model: env.HOMEAI_MODEL }
      : undefined;
    this.mail = {
      host: env.EMAIL_HOST,
      port: env.EMAIL_PORT,
      useTls: env.EMAIL_USE_TLS,
      user: env.EMAIL_HOST_USER,
      password: env.EMAIL_HOST_PASSWORD,
      from: env.EMAIL_FROM ?? (env.EMAIL_HOST_USER?.includes('@') ? env.EMAIL_HOST_USER : 'no-reply@localhost'),
    };
    this.storage =
      env.STORAGE_DRIVER === 's3'
        ? {
            driver: 's3',
            bucket: env.STORAGE_S3_BUCKET ?? '',
            region: env.STORAGE_S3_REGION,
            endpoint: env.STORAGE_S3_ENDPOINT,
            accessKeyId: env.STORAGE_S3_ACCESS_KEY_ID ?? '',
            secretAccessKey: env.STORAGE_S3_SECRET_ACCESS_KEY ?? '',
          }
        : { driver: 'local' };

    this.tickets = {
      targets: new Map(
        env.TICKET_SLA_MINUTES.map((entry) => {
          const [priority = '', first, resolution] = entry.split(/[:/]/);
          return [priority, { firstResponse: Number(first), resolution: Number(resolution) }];
        }),
      ),
      warnPercent: env.TICKET_SLA_WARN_PERCENT,
    };
    this.webhooks = {
      allowHttp: env.WEBHOOK_ALLOW_HTTP,
      allowPrivateNetwork: env.WEBHOOK_ALLOW_PRIVATE_NETWORK,
      retryScheduleMs: env.WEBHOOK_RETRY_SCHEDULE.map(milliseconds),
      timeoutMs: env.WEBHOOK_TIMEOUT_MS,
      disableAfterMs: milliseconds(env.WEBHOOK_DISABLE_AFTER),
      retentionDays: env.WEBHOOK_RETENTION_DAYS,
      concurrency: env.WEBHOOK_CONCURRENCY,
      ratePerSecond: env.WEBHOOK_RATE_PER_SECOND,
      maxPayload: env.WEBHOOK_MAX_PAYLOAD,
    };
    this.integrations = { allowedNetworks: new CidrList(env.INTEGRATIONS_ALLOWED_NETWORKS) };

    const accessKeyId = env.AWS_ACCESS_KEY_ID ?? env.AWS_ACCESS_KEY;
    const secretAccessKey = env.AWS_SECRET_ACCESS_KEY ?? env.AWS_SECRET_KEY;
    this.dtech = {
      environment: env.DIFFERENT_ENV as 'test' | 'prod',
      baseUrl: trimSlash(env.DIFFERENT_ENV === 'prod' ? env.DIFFERENT_API_PROD : env.DIFFERENT_API_TEST),
      accountId: env.DIFFERENT_ACCOUNT_ID?.toLowerCase(),
      credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
      region: env.AWS_REGION,
      service: env.AWS_SERVICE,
      timeoutMs: env.DTECH_TIMEOUT_MS,
      timeZone: env.DTECH_TIME_ZONE,
      maxRecordingBytes: env.RECORDING_MAX_MB * 1024 * 1024,
      keepRecordingDays: env.SALES_RECORDING_KEEP_DAYS,
    };

    this.appwrite = appwriteOf(env);

    const problems = this.problems(env);
    if (problems.length > 0) throw new ConfigurationError(problems);

    this.time = {
      businessZone: env.BUSINESS_TIME_ZONE,
      dialerZone: env.DIALER_TIME_ZONE,
      businessHours: new BusinessCalendar(env.BUSINESS_TIME_ZONE, env.BUSINESS_HOURS, env.BUSINESS_HOLIDAYS),
    };
    this.secretKey = env.SECRET_KEY ?? generatedSecret(this.dataDir, 'secret-key', newSecretKey);
    const keys = env.ENCRYPTION_KEYS ?? [generatedSecret(this.dataDir, 'encryption-keys', newEncryptionKey)];
    this.encryptionKeys = keys.map((entry) => {
      const [id = '', material = ''] = entry.split(':');
      return { id, key: Buffer.from(material, 'base64') };
    });
  }

  /** Reads the process's environment (or `source`) and builds the configuration. */
  static load(source?: Record<string, string | undefined>): Config {
    return new Config(loadEnv(source));
  }

  private problems(env: Env): string[] {
    const problems: string[] = [];
    for (const name of ['BUSINESS_TIME_ZONE', 'DIALER_TIME_ZONE', 'DTECH_TIME_ZONE'] as const) {
      if (!IANAZone.isValidZone(env[name])) problems.push(`${name} must be an IANA time zone such as Europe/London`);
    }
    if (IANAZone.isValidZone(env.BUSINESS_TIME_ZONE)) {
      try {
        new BusinessCalendar(env.BUSINESS_TIME_ZONE, env.BUSINESS_HOURS);
      } catch (error) {
        problems.push(`BUSINESS_HOURS: ${(error as Error).message}`);
      }
      try {
        new BusinessCalendar(env.BUSINESS_TIME_ZONE, ['Mon 09:00-10:00'], env.BUSINESS_HOLIDAYS);
      } catch (error) {
        problems.push(`BUSINESS_HOLIDAYS: ${(error as Error).message}`);
      }
    }
    if (env.DIALER_SIGNATURE && env.DIALER_SIGNATURE !== 'off' && !env.DIALER_SECRET_KEY) {
      problems.push('DIALER_SECRET_KEY must be set when DIALER_SIGNATURE is not off');
    }
    if (
      Boolean(env.AWS_ACCESS_KEY_ID ?? env.AWS_ACCESS_KEY) !== Boolean(env.AWS_SECRET_ACCESS_KEY ?? env.AWS_SECRET_KEY)
    ) {
      problems.push('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together');
    }
    const twilio = [env.TWILIO_ACCOUNT_SID, env.TWILIO_AUTH_TOKEN, env.TWILIO_PHONE_NUMBER];
    if (twilio.some(Boolean) && !twilio.every(Boolean)) {
      problems.push('TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER must be set together');
    }
    const browser = [env.TWILIO_API_KEY, env.TWILIO_API_SECRET, env.TWILIO_TWIML_APP_SID];
    if (browser.some(Boolean) && !browser.every(Boolean)) {
      problems.push('TWILIO_API_KEY, TWILIO_API_SECRET and TWILIO_TWIML_APP_SID must be set together');
    }
    if (Boolean(env.ADMIN_EMAIL) !== Boolean(env.ADMIN_PASSWORD)) {
      problems.push('ADMIN_EMAIL and ADMIN_PASSWORD must be set together');
    }
    const missing = APPWRITE.filter((name) => !env[name]);
    if (missing.length > 0 && missing.length < APPWRITE.length) {
      problems.push(`${missing.join(', ')} must be set together with the other APPWRITE_ variables`);
    }
    if (env.STORAGE_DRIVER === 's3') {
      for (const name of ['STORAGE_S3_BUCKET', 'STORAGE_S3_ACCESS_KEY_ID', 'STORAGE_S3_SECRET_ACCESS_KEY'] as const) {
        if (!env[name]) problems.push(`${name} must be set when STORAGE_DRIVER is s3`);
      }
    }
    const retriedFor = this.webhooks.retryScheduleMs.reduce((sum, wait) => sum + wait * 1.2, 0);
    if (retriedFor > this.eventRetentionDays * 86_400_000) {
      problems.push('EVENT_RETENTION_DAYS must be longer than the waits of WEBHOOK_RETRY_SCHEDULE together');
    }
    if (!this.production) return problems;
    if (!env.SECRET_KEY) problems.push('SECRET_KEY must be set in production');
    else if (SAMPLE_WORDS.test(env.SECRET_KEY)) problems.push('SECRET_KEY must not be a sample value');
    if (!env.ENCRYPTION_KEYS) problems.push('ENCRYPTION_KEYS must be set in production');
    if (!env.DIALER_API_KEY || env.DIALER_API_KEY.length < 24) {
      problems.push('DIALER_API_KEY must have at least 24 characters in production');
    } else if (SAMPLE_WORDS.test(env.DIALER_API_KEY)) problems.push('DIALER_API_KEY must not be a sample value');
    if (env.DIALER_SECRET_KEY && (env.DIALER_SECRET_KEY.length < 24 || SAMPLE_WORDS.test(env.DIALER_SECRET_KEY))) {
      problems.push('DIALER_SECRET_KEY must have at least 24 characters and not be a sample value in production');
    }
    if (env.ADMIN_PASSWORD && env.ADMIN_PASSWORD.length < 12) {
      problems.push('ADMIN_PASSWORD must have at least 12 characters in production');
    }
    if (env.TWILIO_ACCOUNT_SID && !env.TWILIO_API_BASE.startsWith('https://')) {
      problems.push('TWILIO_API_BASE must be https in production');
    }
    if (env.HOMEAI_API_KEY && SAMPLE_WORDS.test(env.HOMEAI_API_KEY)) {
      problems.push('HOMEAI_API_KEY must not be a sample value');
    }
    if (env.TWILIO_ACCOUNT_SID && !/^https:\/\//i.test(env.PUBLIC_URL ?? env.APP_BASE_URL ?? '')) {
      problems.push('PUBLIC_URL must be https in production: Twilio calls it and signs it');
    }
    if (env.SANDBOX) problems.push('SANDBOX must not be on in production');
    if (env.METRICS_TOKEN && SAMPLE_WORDS.test(env.METRICS_TOKEN))
      problems.push('METRICS_TOKEN must not be a sample value');
    if (env.RATE_LIMIT_SCALE === 0) problems.push('RATE_LIMIT_SCALE must not be 0 in production');
    for (const name of ['WEBHOOK_ALLOW_HTTP', 'WEBHOOK_ALLOW_PRIVATE_NETWORK'] as const) {
      if (env[name]) problems.push(`${name} must not be true in production`);
    }
    return problems;
  }
}

const APPWRITE = [
  'APPWRITE_ENDPOINT',
  'APPWRITE_PROJECT_ID',
  'APPWRITE_API_KEY',
  'APPWRITE_DATABASE_ID',
  'APPWRITE_SALES_COLLECTION_ID',
  'APPWRITE_RECORDINGS_COLLECTION_ID',
] as const;

/** All six, or undefined. */
function appwriteOf(env: Env): AppwriteSettings | undefined {
  const [endpoint, projectId, apiKey, databaseId, salesCollectionId, recordingsCollectionId] = APPWRITE.map(
    (name) => env[name],
  );
  if (!endpoint || !projectId || !apiKey || !databaseId || !salesCollectionId || !recordingsCollectionId)
    return undefined;
  return { endpoint: trimSlash(endpoint), projectId, apiKey, databaseId, salesCollectionId, recordingsCollectionId };
}

const trimSlash = (url: string): string => url.replace(/\/+$/, '');

/** `5s`, `30m`, `2h` or `100ms` as milliseconds. */
function milliseconds(duration: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h)$/.exec(duration) ?? [];
  return Number(amount) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit as 'ms' | 's' | 'm' | 'h'];
}
