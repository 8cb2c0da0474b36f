/** How far the server can look into a kind of file: as a text, as a picture, or not at all. */
export type FileReading = 'text' | 'image' | 'unsearchable';

export interface FileKindSpec {
  readonly contentType: string;
  /** Endings of file names, without the dot; the first is the usual one. */
  readonly extensions: readonly string[];
  /** Other content types that browsers give such a file. */
  readonly aliases: readonly string[];
  readonly reading: FileReading;
}

/**
 * Every kind of file that an account can let in. There is no SVG and no HTML: both can carry scripts. What is
 * `unsearchable` may hold anything that redaction would have taken out, so it is off until an administrator lists it.
 */
export const FILE_KINDS = {
  png: { contentType: 'image/png', extensions: ['png'], aliases: [], reading: 'image' },
  jpeg: { contentType: 'image/jpeg', extensions: ['jpg', 'jpeg'], aliases: ['image/jpg'], reading: 'image' },
  gif: { contentType: 'image/gif', extensions: ['gif'], aliases: [], reading: 'image' },
  webp: { contentType: 'image/webp', extensions: ['webp'], aliases: [], reading: 'image' },
  txt: {
    contentType: 'text/plain',
    extensions: ['txt', 'log', 'md'],
    aliases: ['text/markdown', 'text/x-log'],
    reading: 'text',
  },
  csv: {
    contentType: 'text/csv',
    extensions: ['csv', 'tsv'],
    aliases: ['text/plain', 'text/tab-separated-values', 'application/csv', 'application/vnd.ms-excel'],
    reading: 'text',
  },
  json: { contentType: 'application/json', extensions: ['json'], aliases: ['text/plain'], reading: 'text' },
  pdf: { contentType: 'application/pdf', extensions: ['pdf'], aliases: [], reading: 'unsearchable' },
  docx: {
    contentType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    extensions: ['docx'],
    aliases: [],
    reading: 'unsearchable',
  },
  xlsx: {
    contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    extensions: ['xlsx'],
    aliases: [],
    reading: 'unsearchable',
  },
  pptx: {
    contentType: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    extensions: ['pptx'],
    aliases: [],
    reading: 'unsearchable',
  },
  odt: {
    contentType: 'application/vnd.oasis.opendocument.text',
    extensions: ['odt'],
    aliases: [],
    reading: 'unsearchable',
  },
  ods: {
    contentType: 'application/vnd.oasis.opendocument.spreadsheet',
    extensions: ['ods'],
    aliases: [],
    reading: 'unsearchable',
  },
} as const satisfies Record<string, FileKindSpec>;
export type FileKind = keyof typeof FILE_KINDS;

/** What an account lets in until its administrator changes it: what can be looked into. */
export const DEFAULT_FILE_KINDS: readonly FileKind[] = ['png', 'jpeg', 'gif', 'webp', 'txt', 'csv', 'json'];

/** The file of a message of kind `file`; the message's text is the file's name. */
export interface WireFile {
  /** Under which its bytes are asked for. */
  readonly id: string;
  readonly kind: FileKind;
  readonly contentType: string;
  /** Bytes, after redaction. */
  readonly sizeBytes: number;
}

/** What may be sent as a file, so that clients ask for nothing else. */
export interface AttachmentPolicy {
  readonly enabled: boolean;
  readonly kinds: readonly FileKind[];
  /** Bytes of one file. */
  readonly maxBytes: number;
  /** Bytes of one file that is searched as a text. */
  readonly maxTextBytes: number;
}

/** Names of the headers that go with the bytes of an upload; the body is the file as it is. */
export const UPLOAD_HEADERS = {
  /** The file's name, percent-encoded UTF-8. */
  fileName: 'x-file-name',
  /** The client's own id of the message; the same again sends nothing twice. */
  clientId: 'x-client-id',
} as const;
