import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLanguage } from './hooks.ts';

interface ConfirmEndProps {
  onConfirm(): void;
  onCancel(): void;
}

/** A modal dialog of the browser's own: it keeps the focus and closes on Escape. */
export function ConfirmEnd({ onConfirm, onCancel }: ConfirmEndProps): VNode {
  const { t } = useLanguage();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="confirm" role="alertdialog" aria-labelledby="end-question" onClose={onCancel}>
      <p id="end-question">{t('endQuestion')}</p>
      <div class="confirm-buttons">
        <button type="button" class="button plain" onClick={() => dialog.current?.close()}>
          {t('endCancel')}
        </button>
        <button type="button" class="button primary" onClick={onConfirm}>
          {t('endConfirm')}
        </button>
      </div>
    </dialog>
  );
}
