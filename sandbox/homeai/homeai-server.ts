import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What may go wrong with the next answers: nothing, or one of these until it is set back. */
export type HomeAiFault = 'none' | 'slow' | 'drip' | 'busy' | 'broken' | 'nonsense' | 'not-json' | 'markup' | 'huge';

interface ChatRequest {
  model?: string;
  messages?: { role: string; content: string }[];
}

interface Prompt {
  reply_language?: string;
  message?: string;
  knowledge?: { id: string; title: string; text: string }[];
}

const LARGEST_REQUEST = 1024 * 1024;
const SLOW_MS = 10_000;

/**
 * An OpenAI-compatible server with one model that reads the prompt of our own client: it repeats the first sentence of
 * the first passage it is given. It keeps what it was sent, so that a test can look for what should not have left.
 */
export class HomeAiServer {
  fault: HomeAiFault = 'none';
  readonly requests: ChatRequest[] = [];
  private readonly server = http.createServer((request, response) => void this.serve(request, response));
  private readonly waiting = new Set<NodeJS.Timeout>();

  constructor(readonly apiKey: string) {}

  /** Starts on a free loopback port; the base URL for a client. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    this.waiting.forEach(clearTimeout);
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let body = '';
    request.setEncoding('utf8');
    for await (const part of request) {
      body += part as string;
      if (body.length > LARGEST_REQUEST) return void response.writeHead(413).end();
    }
    if (request.headers.authorization !== `Bearer ${this.apiKey}`) return fail(response, 401, 'invalid_api_key');
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions') return fail(response, 404, 'not_found');
    let chat: ChatRequest;
    try {
      chat = JSON.parse(body) as ChatRequest;
    } catch {
      return fail(response, 400, 'invalid_json');
    }
    this.requests.push(chat);
    this.answer(chat, response);
  }

  private answer(chat: ChatRequest, response: http.ServerResponse): void {
    const good = JSON.stringify(suggestionFor(chat));
    switch (this.fault) {
      case 'slow':
        return this.later(() => complete(response, chat, good));
      case 'drip':
        // the headers come at once, the body never ends
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.write('{"id":');
        return this.later(() => response.end('1}'));
      case 'busy':
        response.setHeader('Retry-After', '1');
        return fail(response, 429, 'rate_limit_exceeded');
      case 'broken':
        return fail(response, 500, 'server_error');
      case 'nonsense':
        return complete(response, chat, 'Sure! I would be happy to help you with that.');
      case 'not-json':
        return void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Gateway</html>');
      case 'markup':
        return complete(
          response,
          chat,
          good.replace('"suggestion":"', '"suggestion":"<script>alert(1)</script>[x](http://evil) '),
        );
      case 'huge':
        return complete(response, chat, 'x'.repeat(2_000_000));
      default:
        return complete(response, chat, good);
    }
  }

  private later(work: () => void): void {
    const timer = setTimeout(() => {
      this.waiting.delete(timer);
      work();
    }, SLOW_MS);
    this.waiting.add(timer);
  }
}

function suggestionFor(chat: ChatRequest): object {
  let prompt: Prompt = {};
  try {
    prompt = JSON.parse(chat.messages?.at(-1)?.content ?? '{}') as Prompt;
  } catch {
    // somebody else's prompt: answer without it
  }
  const passage = prompt.knowledge?.[0];
  const arabic = prompt.reply_language === 'ar';
  const sentence = passage ? (/^[^.!؟?]+[.!؟?]/u.exec(passage.text)?.[0] ?? passage.text.slice(0, 200)) : undefined;
  return {
    suggestion: sentence ?? (arabic ? 'اسأل العميل عن التفاصيل.' : 'Ask the customer for the details.'),
    confidence: passage ? 0.8 : 0.4,
    recommended_actions: arabic ? ['أكمل مع العميل'] : ['Go on with the customer'],
    sentiment: 'neutral',
    urgency: 'medium',
    sources: passage ? [passage.id] : [],
  };
}

function complete(response: http.ServerResponse, chat: ChatRequest, content: string): void {
  const body = {
    id: 'chatcmpl-sandbox',
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: chat.model ?? 'homeai-standard',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  };
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function fail(response: http.ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json' })
    .end(JSON.stringify({ error: { message: code, type: code, code } }));
}
