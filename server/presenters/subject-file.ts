import type { WireSubjectExport, WireSubjectVisit, WireTranscript } from '../../shared/protocol/index.ts';
import { escapeHtml } from './escape-html.ts';

export type SubjectFormat = 'json' | 'html';

/** All that is kept of one visitor or person, as a file to hand over. */
export interface SubjectFile {
  readonly contentType: string;
  readonly fileName: string;
  readonly body: string;
}

/** The file's name holds the id of the request and nothing of whom it is about. */
export function renderSubject(data: WireSubjectExport, format: SubjectFormat): SubjectFile {
  const fileName = `subject-access-${data.requestId}.${format}`;
  if (format === 'json') {
    const contentType = 'application/json; charset=utf-8';
    return { contentType, fileName, body: JSON.stringify(data, null, 2) };
  }
  return { contentType: 'text/html; charset=utf-8', fileName, body: page(data) };
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b1b1f}
h2{border-top:1px solid #ccc;padding-top:1rem}dt{font-weight:600}dd{margin:0 0 .5rem}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top}
p.text{white-space:pre-wrap;margin:.1rem 0 .8rem}.quiet{color:#555}`;

function page(data: WireSubjectExport): string {
  const { conversations, visits, unreadable } = data;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>Data kept about you</title><style>${STYLE}</style></head><body>`,
    '<h1>Data kept about you</h1>',
    `<p class="quiet">As of ${escapeHtml(data.exportedAt)}. ${conversations.length} conversations, ${visits.length} visits.</p>`,
    ...conversations.map(conversationOf),
    ...unreadable.map(
      (id) => `<h2>Conversation ${escapeHtml(id)}</h2><p>It is damaged and cannot be read.</p>`,
    ),
    ...visits.map(visitOf),
    '</body></html>',
    '',
  ].join('\n');
}

function conversationOf(transcript: WireTranscript): string {
  const { messages = [], profile, agent } = transcript;
  const facts = {
    Started: transcript.startedAt,
    ...(transcript.closedAt !== undefined && { Ended: transcript.closedAt }),
    ...(agent !== undefined && { Agent: agent.name }),
    ...(transcript.rating !== undefined && { 'Your rating': transcript.rating }),
    ...(transcript.tags.length > 0 && { Tags: transcript.tags.join(', ') }),
    'Kept until': transcript.expiresAt,
  };
  const lines = messages.map(
    ({ at, from, kind, text }) =>
      `<div><span class="quiet">${escapeHtml(at)}</span> <strong>${escapeHtml(from.name ?? from.kind)}${
        kind === 'note' ? ' (internal note)' : ''
      }</strong><p class="text">${escapeHtml(text)}</p></div>`,
  );
  return [
    `<h2>Conversation ${escapeHtml(transcript.caseId)}</h2>`,
    asMarkup(facts),
    ...(profile === undefined ? [] : ['<h3>Profile</h3>', asMarkup(profile)]),
    '<h3>Messages</h3>',
    ...lines,
  ].join('\n');
}

function visitOf({ sessionId, startedAt, lastSeenAt, visits, connections, more }: WireSubjectVisit): string {
  const facts = {
    ...(startedAt !== undefined && { 'First seen': startedAt }),
    ...(lastSeenAt !== undefined && { 'Last seen': lastSeenAt }),
    ...(visits !== undefined && { Visits: visits }),
    ...(connections.length > 0 && { Connections: connections }),
    ...more,
  };
  return `<h2>Visits ${escapeHtml(sessionId)}</h2>\n${asMarkup(facts)}`;
}

/** Plain data as lists and tables. */
function asMarkup(value: unknown): string {
  if (Array.isArray(value)) return listOf(value);
  if (typeof value !== 'object' || value === null) return escapeHtml(String(value ?? ''));
  const rows = Object.entries(value).map(
    ([name, part]) => `<dt>${escapeHtml(name)}</dt><dd>${asMarkup(part)}</dd>`,
  );
  return `<dl>${rows.join('')}</dl>`;
}

function listOf(items: readonly unknown[]): string {
  if (items.length === 0) return '<span class="quiet">none</span>';
  return `<ul>${items.map((item) => `<li>${asMarkup(item)}</li>`).join('')}</ul>`;
}
