import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Control } from './control.ts';
import { controlRoute } from './control-routes.ts';
import { storesFirst } from './faults.ts';
import { type Asset, pageFile, vendorFile } from './pages.ts';
import { activePerson } from './people-acting.ts';
import { readArgs, readJson, readUpload } from './request.ts';
import { SlackError, UiError } from './slack-error.ts';
import { uiGet, uiPost } from './ui.ts';
import { applyFault } from './web-api/broken.ts';
import { serveApi } from './web-api/index.ts';
import type { World } from './world.ts';

type Handle = (request: IncomingMessage, response: ServerResponse, path: string[], url: URL) => Promise<void>;

/** The HTTP face of a sandbox. It is not listening yet. */
export function createSandboxServer(world: World, control: Control): Server {
  const rooms: Record<string, Handle> = {
    api: async (request, response, path, url) => {
      const args = await readArgs(request, url.searchParams);
      serveApi(world, path[0] ?? '', args, tokenOf(request, args), response);
    },
    ui: async (request, response, path, url) => {
      if (path[0] === 'stream') {
        world.changes.listen(activePerson(world, url.searchParams.get('user') ?? '').id, response);
        return;
      }
      const read = request.method === 'GET';
      const answer = read
        ? uiGet(world, path, url.searchParams)
        : uiPost(world, path, await readJson(request));
      sendJson(response, 200, await answer);
    },
    control: async (request, response, path, url) => {
      const body = request.method === 'POST' ? await readJson(request) : undefined;
      const room = path.join('/');
      sendJson(
        response,
        200,
        await controlRoute(control, request.method ?? 'GET', room, url.searchParams, body),
      );
    },
    response: async (request, response, path) => {
      await answerResponseUrl(world, path[0] ?? '', await readJson(request), response);
    },
    upload: async (request, response, path) => {
      const file = world.state.files.get(path[0] ?? '');
      if (!file || file.content) throw new UiError('This upload address is not open.', 404);
      file.content = await readUpload(request);
      response.end(`OK - ${file.content.length}`);
    },
    files: async (_request, response, path) => {
      const file = world.state.files.get(path[0] ?? '');
      sendAsset(response, file?.content ? { type: file.mimetype, body: file.content } : null);
    },
    page: async (_request, response, path) => sendAsset(response, await pageFile(path.join('/'))),
    vendor: async (_request, response, path) => sendAsset(response, await vendorFile(path[0] ?? '')),
    '': async (_request, response) => sendAsset(response, await pageFile('index.html')),
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const [room = '', ...path] = url.pathname.slice(1).split('/').map(decodeSegment);
    const handle = Object.hasOwn(rooms, room) && isLocal(request) ? rooms[room] : undefined;
    const answered = handle
      ? handle(request, response, path, url)
      : Promise.reject(new UiError('Not found.', 404));
    answered.catch((error: unknown) => sendError(response, error));
  });
  server.keepAliveTimeout = 60_000;
  server.on('upgrade', (request, socket, head) => world.delivery.sockets.upgrade(request, socket, head));
  return server;
}

/** A page of another site cannot act here, neither by its own origin nor by a name rebound to this machine. */
function isLocal(request: IncomingMessage): boolean {
  const { host = '', origin } = request.headers;
  return (
    /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host) && (origin === undefined || origin === `http://${host}`)
  );
}

async function answerResponseUrl(
  world: World,
  id: string,
  body: unknown,
  response: ServerResponse,
): Promise<void> {
  const args = typeof body === 'object' && body !== null ? { ...body } : {};
  const fault = world.faults.take('response_url', undefined);
  if (fault && !storesFirst(fault.kind)) return applyFault(world, 'response_url', args, fault, response);
  const at = world.clock.now();
  try {
    world.responseUrls.use(world, id, body);
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    world.calls.add({ method: 'response_url', args, at, ok: false, error: error.code, status: error.status });
    return sendJson(response, error.status, error.body());
  }
  if (fault) return applyFault(world, 'response_url', args, fault, response);
  world.calls.add({ method: 'response_url', args, at, ok: true, error: null, status: 200 });
  sendJson(response, 200, { ok: true });
}

function tokenOf(request: IncomingMessage, args: Record<string, unknown>): string | undefined {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? (typeof args.token === 'string' ? args.token : undefined);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}

function sendAsset(response: ServerResponse, asset: Asset | null): void {
  if (!asset) throw new UiError('Not found.', 404);
  response.writeHead(200, { 'content-type': asset.type, 'cache-control': 'no-store' });
  response.end(asset.body);
}

function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const status = error instanceof UiError ? error.status : 500;
  const sentence = error instanceof Error ? error.message : 'The sandbox failed.';
  sendJson(response, status, { error: sentence });
}
