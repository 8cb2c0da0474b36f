/** Offers a text as a file to save. */
export function saveFile(file: {
  readonly body: string;
  readonly contentType: string;
  readonly fileName: string;
}): void {
  const url = URL.createObjectURL(new Blob([file.body], { type: file.contentType }));
  const link = document.createElement('a');
  link.href = url;
  link.download = file.fileName;
  link.click();
  URL.revokeObjectURL(url);
}
