import { type Request, type RequestHandler, raw } from 'express';
import { LIMITS } from '../../../shared/limits.ts';
import { UPLOAD_HEADERS } from '../../../shared/protocol/index.ts';
import { plainTextSchema } from '../../../shared/schemas/common.ts';
import { Refusal } from '../../domain/index.ts';
import type { Upload } from './define-route.ts';
import { clientOf } from './guard.ts';

/** What stops uploads from filling the memory. */
export interface UploadLimits {
  readonly maxBytes: number;
  /** Received at one time; a quarter of it from one address. */
  readonly atOnce: number;
}

const RETRY_MS = 2_000;
const clientIdSchema = plainTextSchema.min(1).max(LIMITS.clientIdLength);

/** Lets a few uploads in at a time: each holds its bytes in memory until it is kept or refused. */
export class UploadGate {
  readonly #limits: UploadLimits;
  readonly #byAddress = new Map<string, number>();
  #open = 0;

  constructor(limits: UploadLimits) {
    this.#limits = limits;
  }

  /** To stand behind the admission of the caller and before the route's own work. */
  handlers(): readonly RequestHandler[] {
    return [
      (request, _response, next) => {
        uploadHeaders(request);
        next();
      },
      this.#enter,
      // A compressed body could unfold to far more than its size.
      raw({ limit: this.#limits.maxBytes, inflate: false, type: () => true }),
    ];
  }

  readonly #enter: RequestHandler = (request, response, next) => {
    const { atOnce } = this.#limits;
    const address = clientOf(request).addressKey.reveal();
    const mine = this.#byAddress.get(address) ?? 0;
    if (this.#open >= atOnce || mine >= Math.max(1, Math.ceil(atOnce / 4))) {
      throw new Refusal('rate_limited', { retryAfterMs: RETRY_MS });
    }
    this.#open += 1;
    this.#byAddress.set(address, mine + 1);
    response.once('close', () => this.#leave(address));
    next();
  };

  #leave(address: string): void {
    this.#open -= 1;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
  }
}

/** The file that a request brings. @throws Refusal `bad_request` */
export function uploadOf(request: Request): Upload {
  const { name, clientId } = uploadHeaders(request);
  const contentType = (request.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const body: unknown = request.body;
  const bytes = body instanceof Uint8Array ? body : new Uint8Array(0);
  return { file: { name, contentType, bytes }, clientId };
}

function uploadHeaders(request: Request): { name: string; clientId: string } {
  const name = decoded(request.get(UPLOAD_HEADERS.fileName));
  const clientId = clientIdSchema.safeParse(request.get(UPLOAD_HEADERS.clientId));
  if (name === undefined || !clientId.success) {
    const { fileName, clientId: id } = UPLOAD_HEADERS;
    throw new Refusal('bad_request', { detail: `Send the headers ${fileName} and ${id} with a file.` });
  }
  return { name, clientId: clientId.data };
}

/** The last part of the name as one line; some browsers send a path. */
function decoded(header: string | undefined): string | undefined {
  try {
    const path = decodeURIComponent(header ?? '').normalize('NFC');
    const name = (path.split(/[\\/]/).at(-1) ?? '').replace(/[\p{Cc}\p{Cf}]+/gu, '').trim();
    return name === '' || name.length > LIMITS.fileNameLength ? undefined : name;
  } catch {
    return undefined;
  }
}
