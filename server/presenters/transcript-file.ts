import type { WireFile, WireMessage, WireTranscript } from '../../shared/protocol/index.ts';
import { escapeHtml } from './escape-html.ts';

export type ExportFormat = 'json' | 'html' | 'txt';

/** A transcript as a file to download. */
export interface TranscriptFile {
  readonly contentType: string;
  readonly fileName: string;
  readonly body: string;
}

/** A file of the conversation with its bytes. */
export interface ExportedFile {
  readonly file: WireFile;
  readonly bytes: Uint8Array;
}

/**
 * Renders a transcript; the file's name holds the conversation id and nothing of its content. Files that are given
 * go with it: as base64 in JSON, as links that hold them in HTML, and by their names alone in plain text.
 */
export function renderTranscript(
  transcript: WireTranscript,
  format: ExportFormat,
  files: readonly ExportedFile[] = [],
): TranscriptFile {
  const fileName = `conversation-${transcript.id}.${format}`;
  switch (format) {
    case 'json':
      return {
        contentType: 'application/json; charset=utf-8',
        fileName,
        body: JSON.stringify({ ...transcript, ...filesPart(files) }, null, 2),
      };
    case 'txt':
      return { contentType: 'text/plain; charset=utf-8', fileName, body: asText(transcript) };
    case 'html':
      return { contentType: 'text/html; charset=utf-8', fileName, body: asHtml(transcript, files) };
  }
}

function filesPart(files: readonly ExportedFile[]) {
  if (files.length === 0) return {};
  return { files: files.map(({ file, bytes }) => ({ ...file, base64: base64(bytes) })) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function asText(transcript: WireTranscript): string {
  const lines = (transcript.messages ?? []).map(
    (message) => `[${message.at}] ${speaker(message)}: ${message.text}${fileNote(message)}`,
  );
  return [...facts(transcript).map(([label, value]) => `${label}: ${value}`), '', ...lines, ''].join('\n');
}

function asHtml(transcript: WireTranscript, files: readonly ExportedFile[]): string {
  const rows = facts(transcript).map(
    ([label, value]) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`,
  );
  const items = (transcript.messages ?? []).map(
    (message) =>
      `<li><time datetime="${message.at}">${message.at}</time> <strong>${escapeHtml(speaker(message))}</strong>` +
      `<p>${contentOf(message, files)}</p></li>`,
  );
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<title>Conversation ${escapeHtml(transcript.caseId)}</title></head><body>`,
    `<h1>Conversation ${escapeHtml(transcript.caseId)}</h1><dl>${rows.join('')}</dl><ol>${items.join('')}</ol>`,
    '</body></html>',
    '',
  ].join('\n');
}

function fileNote({ file }: WireMessage): string {
  return file === undefined ? '' : ` (file, ${file.contentType}, ${file.sizeBytes} bytes)`;
}

/** A message's text; a file's name, as a link where its bytes are given. The content type is one of a closed list. */
function contentOf(message: WireMessage, files: readonly ExportedFile[]): string {
  const text = escapeHtml(message.text);
  const given = files.find(({ file }) => file.id === message.file?.id);
  if (given === undefined) return text + escapeHtml(fileNote(message));
  const data = `data:${given.file.contentType};base64,${base64(given.bytes)}`;
  return `<a download="${text}" href="${data}">${text}</a>${escapeHtml(fileNote(message))}`;
}

function facts(transcript: WireTranscript): [string, string][] {
  const fields = Object.entries(transcript.profile?.fields ?? {});
  const prechat = Object.entries(transcript.profile?.prechat ?? {});
  return [
    ['Case', transcript.caseId],
    ['Status', transcript.status],
    ['Started', transcript.startedAt],
    ...(transcript.closedAt === undefined ? [] : [['Closed', transcript.closedAt] as [string, string]]),
    ...(transcript.agent === undefined ? [] : [['Agent', transcript.agent.name] as [string, string]]),
    ...(transcript.rating === undefined ? [] : [['Rating', String(transcript.rating)] as [string, string]]),
    ...prechat,
    ...fields,
  ];
}

function speaker(message: WireMessage): string {
  const name = message.from.name ?? message.from.kind;
  return message.kind === 'note' ? `${name} (note)` : name;
}
