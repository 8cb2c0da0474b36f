import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { LIMITS } from '../../../shared/limits.ts';
import type { PrechatField } from '../../../shared/protocol/index.ts';
import type { ChatPhase } from '../core/state.ts';
import { useLanguage } from './hooks.ts';

interface PrechatFormProps {
  readonly phase: ChatPhase;
  readonly fields: readonly PrechatField[];
  onSubmit(answers: Record<string, string>): void;
}

interface FieldProps {
  readonly field: PrechatField;
  readonly value: string;
  readonly missing: boolean;
  onInput(value: string): void;
}

function Field({ field, value, missing, onInput }: FieldProps): VNode {
  const { t } = useLanguage();
  const id = `field-${field.key}`;
  return (
    <div class="field">
      <label for={id}>
        {field.label} {field.required && <span class="hint">({t('required')})</span>}
      </label>
      <input
        id={id}
        name={field.key}
        type="text"
        inputMode={field.key === 'email' ? 'email' : 'text'}
        maxLength={LIMITS.fieldValueLength}
        required={field.required}
        aria-invalid={missing}
        aria-describedby={missing ? `${id}-error` : undefined}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {missing && (
        <p id={`${id}-error`} class="field-error">
          {t('fieldMissing')}
        </p>
      )}
    </div>
  );
}

/** Asks what the site wants to know before a chat. Missing answers are named and take the focus. */
export function PrechatForm({ phase, fields, onSubmit }: PrechatFormProps): VNode {
  const { t } = useLanguage();
  const form = useRef<HTMLFormElement>(null);
  const [values, setValues] = useState<Record<string, string>>({});
  const [checked, setChecked] = useState(false);
  const answerTo = (key: string) => (values[key] ?? '').trim();
  const isMissing = (field: PrechatField) => field.required && answerTo(field.key) === '';
  const busy = phase.name === 'starting' && phase.error === undefined;
  const failed = phase.name === 'starting' && phase.error !== undefined;
  useEffect(() => form.current?.querySelector('input')?.focus({ preventScroll: true }), []);

  const submit = () => {
    setChecked(true);
    const missing = fields.find(isMissing);
    if (missing !== undefined) {
      form.current?.querySelector<HTMLInputElement>(`[name="${CSS.escape(missing.key)}"]`)?.focus();
      return;
    }
    const answered = fields.filter(({ key }) => answerTo(key) !== '');
    onSubmit(Object.fromEntries(answered.map(({ key }) => [key, answerTo(key)])));
  };
  return (
    <form
      ref={form}
      class="prechat"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p class="prechat-intro">{t('prechatIntro')}</p>
      {fields.map((field) => (
        <Field
          key={field.key}
          field={field}
          value={values[field.key] ?? ''}
          missing={checked && isMissing(field)}
          onInput={(value) => setValues((known) => ({ ...known, [field.key]: value }))}
        />
      ))}
      {failed && (
        <p class="field-error" role="alert">
          {t('startFailed')}
        </p>
      )}
      <button type="submit" class="button primary" disabled={busy}>
        {t('startChat')}
      </button>
    </form>
  );
}
