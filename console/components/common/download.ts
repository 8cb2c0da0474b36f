/** Offers a text as a file to save. */
export function saveFile(file: {
  readonly body: string;
  readonly contentType: string;
  readonly fileName: string;
}): void {
  saveBlob(new Blob([file.body], { type: file.contentType }), file.fileName);
}

/** Offers bytes as a file to save. */
export function saveBlob(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}
