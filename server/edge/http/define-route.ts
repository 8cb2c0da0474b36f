import type { z } from 'zod';
import type { ErrorCode } from '../../../shared/protocol/index.ts';
import type {
  Authorization,
  Private,
  StaffPrincipal,
  UploadedFile,
  User,
  VisitorPrincipal,
} from '../../domain/index.ts';
import type { RateLimit } from '../../ports/index.ts';

/** Who may call: anyone, a visitor in their own session, any signed-in user, or who has the authorization. */
export type RouteAuthorization = 'public' | 'own-session' | 'signed-in' | Authorization;

/** Who calls: for a path under an account, a staff member of that account; elsewhere the user. */
export type PrincipalOf<Path extends string, Auth extends RouteAuthorization> = Auth extends 'public'
  ? undefined
  : Auth extends 'own-session'
    ? VisitorPrincipal
    : Path extends `/accounts/:a${string}`
      ? StaffPrincipal
      : User;

type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

type Parsed<Schema extends z.ZodType | undefined> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** Where a request comes from. */
export interface Client {
  /** In canonical form. */
  readonly ip: Private<string>;
  /** What limits count this client by. */
  readonly addressKey: Private<string>;
  readonly userAgent: Private<string>;
  readonly acceptLanguage: Private<string>;
  /** Origin of the page that asks, unless it is this server's own. */
  readonly foreignOrigin: string | undefined;
  /** The origin by which the client reaches this server, as far as the trusted proxies say. */
  readonly ownOrigin: string;
}

/** A file that is the body of a request, and what its headers say of it. */
export interface Upload {
  readonly file: UploadedFile;
  /** The client's own id of the message. */
  readonly clientId: string;
}

/** A request, authorised and parsed. */
export interface RouteRequest<Principal, Params, Query, Body> {
  readonly principal: Principal;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Where the route takes one. */
  readonly upload: Upload | undefined;
  readonly client: Client;
  /** The sign-in that a signed-in user calls by. */
  readonly signInId: string | undefined;
}

/** An answer that is a file to keep. */
export class FileAnswer {
  readonly contentType: string;
  readonly fileName: string;
  /** Parts are sent as they are made. */
  readonly body: string | Uint8Array | AsyncIterable<string>;

  constructor(file: {
    contentType: string;
    fileName: string;
    body: string | Uint8Array | AsyncIterable<string>;
  }) {
    this.contentType = file.contentType;
    this.fileName = file.fileName;
    this.body = file.body;
  }
}

/** What a route answers when all is well: data of the schema, a file, or nothing. */
export type RouteAnswer =
  | { readonly status: 200 | 201; readonly schema: z.ZodType; readonly description: string }
  | {
      readonly status: 200;
      readonly file: true;
      readonly contentTypes?: readonly string[];
      readonly description: string;
    }
  | { readonly status: 204; readonly description: string };

type AnswerData<Answer extends RouteAnswer> = Answer extends { schema: infer Schema extends z.ZodType }
  ? z.input<Schema>
  : Answer extends { file: true }
    ? FileAnswer
    : undefined;

type Method = 'get' | 'post' | 'patch' | 'delete';

/** One call of the REST interface. Leaving out who may call it, or how often, does not compile. */
export interface RouteSpec<
  Path extends string,
  Auth extends RouteAuthorization,
  Query extends z.ZodType | undefined,
  Body extends z.ZodType | undefined,
  Answer extends RouteAnswer,
> {
  readonly method: Method;
  /** Under the API's base; `:a` is an account. */
  readonly path: Path;
  readonly summary: string;
  readonly authorization: Auth;
  /** Counted by address for `public` routes, by user for the others. */
  readonly limit: RateLimit;
  /** Without one, the route takes no query; unknown names are refused. */
  readonly query?: Query;
  readonly body?: Body;
  /** The body is a file as it is; see `UPLOAD_HEADERS`. */
  readonly takesFile?: true;
  /** Largest body in bytes, where it is not the usual one. */
  readonly bodyLimitBytes?: number;
  readonly answer: Answer;
  /** Refusals of the use case, for the documentation; those of the edge itself are added. */
  readonly refusals?: readonly ErrorCode[];
  /**
   * Action that the edge writes to the account's audit log before it answers, for reads and changes that the use case
   * does not write down with more to say.
   */
  readonly audit?: string;
  /** Pages of other origins may call it (the use case checks which). */
  readonly crossOrigin?: true;
  readonly handler: (
    request: RouteRequest<
      PrincipalOf<Path, Auth>,
      { readonly [Name in ParamNames<Path>]: string },
      Parsed<Query>,
      Parsed<Body>
    >,
  ) => Promise<AnswerData<Answer>>;
}

/** A route as the app mounts it: what the parts hold is checked at run time. */
export interface Route
  extends Omit<RouteSpec<string, RouteAuthorization, z.ZodType, z.ZodType, RouteAnswer>, 'handler'> {
  readonly handler: (request: RouteRequest<unknown, unknown, unknown, unknown>) => Promise<unknown>;
}

/** Types a route by its own path, authorization and schemas. */
export function defineRoute<
  const Path extends string,
  const Auth extends RouteAuthorization,
  const Answer extends RouteAnswer,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(spec: RouteSpec<Path, Auth, Query, Body, Answer>): Route {
  // The mount gives the handler exactly what the spec's schemas yield, so the parts fit again where they meet.
  return spec as unknown as Route;
}
