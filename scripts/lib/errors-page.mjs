const INTRODUCTION = `# Errors

Everything that can go wrong from a client's point of view has one code. REST answers it as \`code\` of an
\`application/problem+json\` body with the status below; a socket event is acknowledged with
\`{ok: false, error: {code, message, retryable}}\`; a refused handshake is a \`connect_error\` whose \`data.code\` it is.

"Again" says whether the very same call may succeed later. The codes are part of the protocol: new ones are added, none
changes its meaning.

Written by \`npm run docs:errors\` from \`shared/protocol/error-codes.ts\`; a test compares the two.
`;

/** docs/ERRORS.md: one row for each code of the table, in its order. */
export function errorsPage(errors) {
  const rows = Object.entries(errors).map(([code, { status, retryable, help }]) => {
    return [`\`${code}\``, String(status), retryable ? 'yes' : 'no', help];
  });
  return `${INTRODUCTION}\n${table(['Code', 'Status', 'Again', 'What it means'], rows)}\n`;
}

/** A table whose columns are as wide as their widest cell, as the formatter wants it. */
function table(head, rows) {
  const widths = head.map((_title, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (cells, filler) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column], filler)).join(' | ')} |`;
  return [line(head, ' '), line(['', '', '', ''], '-'), ...rows.map((row) => line(row, ' '))].join('\n');
}
