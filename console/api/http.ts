import { API_BASE } from '../../shared/protocol/index.ts';
import { errorFrom, networkError } from './problem.ts';

type Query = Readonly<Record<string, string | number | undefined>>;

export interface CallOptions {
  readonly query?: Query;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

interface RequestOptions extends CallOptions {
  readonly file?: { readonly body: Blob; readonly headers: Readonly<Record<string, string>> };
}

/** Calls the REST interface as the signed-in user. Every method throws ApiError. */
export interface Http {
  get<T>(path: string, options?: CallOptions): Promise<T>;
  send<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, options?: CallOptions): Promise<T>;
  /** Sends a file as it is; what is said of it goes in headers. */
  upload<T>(path: string, file: Blob, headers: Readonly<Record<string, string>>): Promise<T>;
  /** The answer's bytes. */
  bytes(path: string): Promise<Blob>;
  /** The answer as text, with its media type and the file name that the server suggests. */
  download(path: string, query: Query): Promise<{ body: string; contentType: string; fileName?: string }>;
}

export interface HttpDeps {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly accessToken: (rejected?: string) => Promise<string>;
}

/** `/api/v1` + path + query string; undefined and empty values are left out. */
export function urlOf(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(key, String(value));
  }
  const search = parameters.toString();
  return `${API_BASE}${path}${search === '' ? '' : `?${search}`}`;
}

/** Makes the REST caller. An expired access token is renewed once, unseen. */
export function createHttp({ fetch, accessToken }: HttpDeps): Http {
  const attempt = (
    token: string,
    method: string,
    path: string,
    options: RequestOptions,
  ): Promise<Response> => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const init: RequestInit = { method, headers };
    if (options.body !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(options.body);
    }
    if (options.file !== undefined) {
      Object.assign(headers, options.file.headers);
      init.body = options.file.body;
    }
    if (options.signal) init.signal = options.signal;
    return fetch(urlOf(path, options.query), init).catch((error: unknown) => {
      if (options.signal?.aborted === true) throw error;
      throw networkError();
    });
  };

  const request = async (method: string, path: string, options: RequestOptions = {}): Promise<Response> => {
    const token = await accessToken();
    const first = await attempt(token, method, path, options);
    const response =
      first.status === 401 ? await attempt(await accessToken(token), method, path, options) : first;
    if (!response.ok) throw await errorFrom(response);
    return response;
  };

  const read = async <T>(response: Response): Promise<T> =>
    (response.status === 204 ? undefined : await response.json()) as T;

  return {
    get: async (path, options) => read(await request('GET', path, options)),
    send: async (method, path, options) => read(await request(method, path, options)),
    upload: async (path, body, headers) => read(await request('POST', path, { file: { body, headers } })),
    bytes: async (path) => (await request('GET', path)).blob(),
    async download(path, query) {
      const response = await request('GET', path, { query });
      const contentType = response.headers.get('content-type') ?? 'text/plain';
      const fileName = /filename="?([^";]+)"?/.exec(response.headers.get('content-disposition') ?? '')?.[1];
      const body = await response.text();
      return fileName === undefined ? { body, contentType } : { body, contentType, fileName };
    },
  };
}
