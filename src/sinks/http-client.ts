import axios, { type AxiosAdapter, AxiosHeaders, type AxiosInstance } from 'axios';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import type { Clock } from '../clock.ts';
import { EgressRefused, guardedLookup, type Resolver, refusalOfHost, rulesFor } from './egress.ts';

/** A call to the far side. The body is sent as it stands, so that what was signed is what arrives. */
export type HttpCall = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string | null;
};

/**
 * How a call ended, told apart by what the far side may have seen. `unsent` never left; `lost` was
 * begun and has no answer; `barred` was stopped by the egress guard. An answer is not `complete` when
 * it was too long or broke off. Causes are sentences of ours and hold nothing of the request.
 */
export type HttpResult =
  | { kind: 'answer'; status: number; headers: AnswerHeaders; body: string; complete: boolean }
  | { kind: 'barred'; cause: string }
  | { kind: 'unsent'; cause: string }
  | { kind: 'lost'; cause: string };

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface HttpClient {
  /** Never rejects. */
  call(call: HttpCall): Promise<HttpResult>;
  close(): Promise<void>;
}

export type HttpOptions = {
  clock: Clock;
  resolve: Resolver;
  allow_private: boolean;
  /** For the whole call, the connection included. */
  timeout_ms: number;
  concurrency: number;
  user_agent: string;
  /** An answer longer than this is not read. 256 KiB unless told. */
  longest_answer_bytes?: number;
};

/** An answer says yes or no; nothing agreed is anywhere near this long. */
const LONGEST_ANSWER_BYTES = 256 * 1024;
const METHODS = { get: 'GET', post: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const;

/** axios writes the method in lower case. */
function methodOf(written: string | undefined): HttpCall['method'] {
  const known = Object.entries(METHODS).find(([name]) => name === written?.toLowerCase());
  return known?.[1] ?? 'POST';
}
const CONNECT_TIMEOUT_MS = 5_000;

/** How the adapter tells its result past axios, whose own errors carry the request with its secrets. */
class CallFailed extends Error {
  readonly result: HttpResult;
  constructor(result: HttpResult) {
    super('The call has no answer.');
    this.result = result;
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection was reset.',
  EHOSTUNREACH: 'The host cannot be reached.',
  ENETUNREACH: 'The network cannot be reached.',
  ENOTFOUND: 'The host name is unknown.',
  EAI_AGAIN: 'The host name could not be looked up just now.',
  EPIPE: 'The connection was closed while sending.',
  UND_ERR_CONNECT_TIMEOUT: 'The connection took too long to open.',
  UND_ERR_SOCKET: 'The connection was closed before the answer.',
};

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Only the code of an error is passed on: messages of libraries may quote the request. */
function causeOf(error: unknown): string {
  const code = codeOf(error);
  if (code === null) return 'The call failed.';
  return CAUSES[code] ?? `The call failed (${code.replaceAll(/[^A-Z0-9_]/gu, '').slice(0, 40)}).`;
}

/**
 * axios runs on undici's connection pool: its own adapter costs about twice the processor time, and
 * does not tell whether a request had begun when it failed. undici follows no redirect and no proxy.
 */
function createAgent(options: HttpOptions): Agent {
  const connectors = new Map<string, buildConnector.connector>();
  const connectorFor = (protocol: string) => {
    const known = connectors.get(protocol);
    if (known) return known;
    const lookup = guardedLookup(rulesFor({ protocol }, options.allow_private), options.resolve);
    const timeout = Math.min(CONNECT_TIMEOUT_MS, options.timeout_ms);
    const made = buildConnector({ lookup, timeout, allowH2: false });
    connectors.set(protocol, made);
    return made;
  };
  return new Agent({
    connections: options.concurrency,
    maxOrigins: 64,
    // The deadline of the whole call covers both.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect(target, done) {
      const refused = refusalOfHost(target.hostname, rulesFor(target, options.allow_private));
      if (refused) done(refused, null);
      else connectorFor(target.protocol)(target, done);
    },
  });
}

function dispatch(
  agent: Agent,
  clock: Clock,
  request: Dispatcher.DispatchOptions,
  { timeout_ms: timeoutMs, longest_answer_bytes: longest = LONGEST_ANSWER_BYTES }: HttpOptions,
): Promise<HttpResult> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | null = null;
    let status = 0;
    let headers: AnswerHeaders = {};
    let settled = false;
    let bytes = 0;
    const chunks: Buffer[] = [];

    const settle = (result: HttpResult) => {
      if (settled) return;
      settled = true;
      cancel();
      resolve(result);
    };
    const stop = () => controller?.abort(new Error('The call was given up.'));
    const answer = (complete: boolean) => {
      const body = complete ? Buffer.concat(chunks).toString('utf8') : '';
      settle({ kind: 'answer', status, headers, body, complete });
    };
    const fail = (cause: string) => {
      if (status >= 200) answer(false);
      else settle({ kind: controller ? 'lost' : 'unsent', cause });
    };
    const cancel = clock.after(timeoutMs, () => {
      fail(controller ? 'No answer came in time.' : 'The connection took too long to open.');
      stop();
    });

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(begun) {
        controller = begun;
        // Given up while it waited for a connection: it must not leave after all.
        if (settled) stop();
      },
      onResponseStart(_, code, fields) {
        status = code;
        headers = fields;
      },
      onResponseData(_, chunk) {
        bytes += chunk.length;
        if (bytes <= longest) {
          chunks.push(chunk);
          return;
        }
        chunks.length = 0;
        answer(false);
        stop();
      },
      onResponseEnd: () => answer(true),
      onResponseError(_, error) {
        if (error instanceof EgressRefused) settle({ kind: 'barred', cause: error.message });
        else fail(causeOf(error));
      },
    };
    try {
      agent.dispatch(request, handler);
    } catch (error) {
      fail(causeOf(error));
    }
  });
}

function createInstance(options: HttpOptions, agent: Agent): AxiosInstance {
  const adapter: AxiosAdapter = async (config) => {
    const url = new URL(config.url ?? '');
    const result = await dispatch(
      agent,
      options.clock,
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: methodOf(config.method),
        headers: Object.fromEntries(Object.entries(config.headers.toJSON(true))),
        body: typeof config.data === 'string' ? config.data : null,
      },
      options,
    );
    if (result.kind !== 'answer') throw new CallFailed(result);
    return {
      data: result,
      status: result.status,
      statusText: '',
      headers: new AxiosHeaders(),
      config,
    };
  };
  return axios.create({
    adapter,
    transformRequest: [],
    transformResponse: [],
    headers: { 'user-agent': options.user_agent },
  });
}

/** One client per far side: its own connections, no redirects, no proxy, bounded time and answer size. */
export function createHttpClient(options: HttpOptions): HttpClient {
  const agent = createAgent(options);
  const instance = createInstance(options, agent);
  return {
    async call({ method, url, headers, body }) {
      if (url.protocol === 'http:' && !options.allow_private)
        return { kind: 'barred', cause: 'Plain http is refused unless allow_private is set.' };
      try {
        const answer = await instance.request<HttpResult>({
          method,
          url: url.href,
          headers: { accept: 'application/json', 'accept-encoding': 'identity', ...headers },
          data: body ?? undefined,
        });
        return answer.data;
      } catch (error) {
        if (error instanceof CallFailed) return error.result;
        return { kind: 'unsent', cause: causeOf(error) };
      }
    },
    close: () => agent.destroy(),
  };
}
