import type { WireMessage, WireTranscript } from '../../shared/protocol/index.ts';

export type ExportFormat = 'json' | 'html' | 'txt';

/** A transcript as a file to download. */
export interface TranscriptFile {
  readonly contentType: string;
  readonly fileName: string;
  readonly body: string;
}

/** Renders a transcript; the file's name holds the conversation id and nothing of its content. */
export function renderTranscript(transcript: WireTranscript, format: ExportFormat): TranscriptFile {
  const fileName = `conversation-${transcript.id}.${format}`;
  switch (format) {
    case 'json':
      return {
        contentType: 'application/json; charset=utf-8',
        fileName,
        body: JSON.stringify(transcript, null, 2),
      };
    case 'txt':
      return { contentType: 'text/plain; charset=utf-8', fileName, body: asText(transcript) };
    case 'html':
      return { contentType: 'text/html; charset=utf-8', fileName, body: asHtml(transcript) };
  }
}

function asText(transcript: WireTranscript): string {
  const lines = (transcript.messages ?? []).map(
    (message) => `[${message.at}] ${speaker(message)}: ${message.text}`,
  );
  return [...facts(transcript).map(([label, value]) => `${label}: ${value}`), '', ...lines, ''].join('\n');
}

function asHtml(transcript: WireTranscript): string {
  const rows = facts(transcript).map(
    ([label, value]) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`,
  );
  const items = (transcript.messages ?? []).map(
    (message) =>
      `<li><time datetime="${message.at}">${message.at}</time> <strong>${escapeHtml(speaker(message))}</strong>` +
      `<p>${escapeHtml(message.text)}</p></li>`,
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

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
