import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { LIMITS } from '../../../shared/limits.ts';
import { useLanguage } from './hooks.ts';

interface OfflineFormProps {
  /** Answers whether the server has it. */
  onSubmit(message: { text: string; email?: string }): Promise<boolean>;
}

/** As far as a browser judges an e-mail address. */
const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** Takes a message while nobody is there. What is wrong is named and takes the focus. */
export function OfflineForm({ onSubmit }: OfflineFormProps): VNode {
  const { t } = useLanguage();
  const form = useRef<HTMLFormElement>(null);
  const [email, setEmail] = useState('');
  const [text, setText] = useState('');
  const [checked, setChecked] = useState(false);
  const [state, setState] = useState<'writing' | 'sending' | 'failed'>('writing');
  const badEmail = email.trim() !== '' && !EMAIL.test(email.trim());
  const noText = text.trim() === '';
  useEffect(() => form.current?.querySelector('textarea')?.focus({ preventScroll: true }), []);

  const submit = async () => {
    setChecked(true);
    const wrong = badEmail ? 'input' : noText ? 'textarea' : undefined;
    if (wrong !== undefined) {
      form.current?.querySelector<HTMLElement>(wrong)?.focus();
      return;
    }
    setState('sending');
    const address = email.trim() === '' ? {} : { email: email.trim() };
    if (!(await onSubmit({ text: text.trim(), ...address }))) setState('failed');
  };
  return (
    <form
      ref={form}
      class="prechat offline"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <p class="prechat-intro">{t('away')}</p>
      <div class="field">
        <label for="offline-email">{t('offlineEmail')}</label>
        <input
          id="offline-email"
          type="email"
          autoComplete="email"
          maxLength={LIMITS.emailLength}
          aria-invalid={checked && badEmail}
          aria-describedby={checked && badEmail ? 'offline-email-error' : undefined}
          value={email}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        {checked && badEmail && (
          <p id="offline-email-error" class="field-error">
            {t('offlineEmailWrong')}
          </p>
        )}
      </div>
      <div class="field">
        <label for="offline-text">
          {t('offlineText')} <span class="hint">({t('required')})</span>
        </label>
        <textarea
          id="offline-text"
          rows={4}
          maxLength={LIMITS.messageLength}
          required
          aria-invalid={checked && noText}
          aria-describedby={checked && noText ? 'offline-text-error' : undefined}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        {checked && noText && (
          <p id="offline-text-error" class="field-error">
            {t('fieldMissing')}
          </p>
        )}
      </div>
      {state === 'failed' && (
        <p class="field-error" role="alert">
          {t('offlineFailed')}
        </p>
      )}
      <button type="submit" class="button primary" disabled={state === 'sending'}>
        {t('send')}
      </button>
    </form>
  );
}
