import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { WireFile } from '../../../shared/protocol/index.ts';
import { FILE_KINDS } from '../../../shared/protocol/index.ts';
import { useLanguage } from './hooks.ts';
import { FileIcon } from './icons.tsx';
import { RichText } from './RichText.tsx';

interface FileContentProps {
  readonly file: WireFile;
  /** As redaction left it. */
  readonly name: string;
  openFile(fileId: string): Promise<Blob | undefined>;
}

/** The address of a picture's bytes in this page, for as long as it is shown. */
function usePicture({ file, openFile }: Pick<FileContentProps, 'file' | 'openFile'>): string | undefined {
  const [url, setUrl] = useState<string>();
  const isImage = FILE_KINDS[file.kind].reading === 'image';
  useEffect(() => {
    if (!isImage) return;
    let made: string | undefined;
    let gone = false;
    void openFile(file.id).then((blob) => {
      if (blob === undefined || gone) return;
      made = URL.createObjectURL(blob);
      setUrl(made);
    });
    return () => {
      gone = true;
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [file.id, isImage, openFile]);
  return url;
}

function sizeText(bytes: number, locale: string): string {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1_000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte'];
  const style = { style: 'unit', unit, maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locale, style).format(value);
}

/** A picture is shown; every file can be saved under its name. */
export function FileContent({ file, name, openFile }: FileContentProps): VNode {
  const { t, locale } = useLanguage();
  const [failed, setFailed] = useState(false);
  const picture = usePicture({ file, openFile });
  const save = async () => {
    const blob = await openFile(file.id);
    setFailed(blob === undefined);
    if (blob === undefined) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  return (
    <div class="file">
      {picture !== undefined && <img class="picture" src={picture} alt={name} />}
      <button type="button" class="file-save" onClick={() => void save()}>
        <FileIcon />
        <span class="visually-hidden">{`${t('saveFile')} `}</span>
        <span class="file-name">
          <RichText text={name} />
        </span>
        <span class="file-size">{sizeText(file.sizeBytes, locale)}</span>
      </button>
      {failed && (
        <p class="field-error" role="alert">
          {t('fileFailed')}
        </p>
      )}
    </div>
  );
}
