import type {
  Ack,
  AttachmentPolicy,
  ErrorCode,
  Problem,
  SentMessage,
} from '../../../shared/protocol/index.ts';
import { API_BASE, ERRORS, FILE_KINDS, UPLOAD_HEADERS } from '../../../shared/protocol/index.ts';

/** A file on its way; the answer is as that of `message:send`, undefined when none came. */
export type Upload = (file: {
  conversationId: string;
  clientId: string;
  file: File;
}) => Promise<Ack<SentMessage> | undefined>;

export interface FileCalls {
  readonly upload: Upload;
  /** The bytes of a file of the conversation; undefined when they cannot be had now. */
  open(conversationId: string, fileId: string): Promise<Blob | undefined>;
}

/** Files over REST, with the token of the session. */
export function createFileCalls(options: {
  fetch: typeof fetch;
  token: () => string | undefined;
}): FileCalls {
  const path = (conversationId: string) => `${API_BASE}/visitor/conversations/${conversationId}/files`;
  const bearer = () => ({ Authorization: `Bearer ${options.token() ?? ''}` });
  return {
    upload: async ({ conversationId, clientId, file }) => {
      try {
        const response = await options.fetch(path(conversationId), {
          method: 'POST',
          headers: {
            ...bearer(),
            'Content-Type': file.type === '' ? 'application/octet-stream' : file.type,
            [UPLOAD_HEADERS.fileName]: encodeURIComponent(file.name),
            [UPLOAD_HEADERS.clientId]: clientId,
          },
          credentials: 'omit',
          body: file,
        });
        if (response.ok) return { ok: true, data: (await response.json()) as SentMessage };
        return { ok: false, error: await errorOf(response) };
      } catch {
        return undefined;
      }
    },
    open: async (conversationId, fileId) => {
      try {
        const url = `${path(conversationId)}/${fileId}`;
        const response = await options.fetch(url, { headers: bearer(), credentials: 'omit' });
        return response.ok ? await response.blob() : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

async function errorOf(response: Response) {
  const { code, detail } = (await response.json()) as Problem;
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return {
    code,
    message: detail,
    retryable: ERRORS[code].retryable,
    ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1000 }),
  };
}

/** What the server would answer by name and size alone, so that nothing is sent for it. */
export function refusalOf(file: File, policy: AttachmentPolicy | undefined): ErrorCode | undefined {
  if (policy?.enabled !== true) return 'attachment.disabled';
  const extension = file.name.toLowerCase().split('.').at(-1) ?? '';
  const kind = policy.kinds.find((one) => extensionsOf(one).includes(extension));
  if (kind === undefined || file.size === 0) return 'attachment.type_refused';
  const max = FILE_KINDS[kind].reading === 'text' ? policy.maxTextBytes : policy.maxBytes;
  return file.size > max ? 'payload_too_large' : undefined;
}

/** For a file field: the endings of all kinds that are taken. */
export function acceptOf(policy: AttachmentPolicy): string {
  return policy.kinds.flatMap((kind) => extensionsOf(kind).map((extension) => `.${extension}`)).join(',');
}

function extensionsOf(kind: keyof typeof FILE_KINDS): readonly string[] {
  return FILE_KINDS[kind].extensions;
}
