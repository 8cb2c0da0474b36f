import { Alert } from '@mantine/core';
import { useState } from 'react';
import type { FieldFault } from '../../../shared/protocol/index.ts';
import { ApiError } from '../../api/problem.ts';
import { explain } from './explain.ts';

/** What is needed of a form to show the server's faults at its fields. */
interface FaultTaker {
  setErrors(errors: Record<string, string>, faults: readonly FieldFault[]): void;
}

export interface Saving {
  readonly busy: boolean;
  /** What could not be shown at a field. */
  readonly failure: string | undefined;
  readonly save: (work: () => Promise<void>) => void;
}

const SEE_FIELDS = 'The field in question is marked.';

/** Takes the user to what has to be corrected, once it is drawn. */
function focusFirstFault(): void {
  document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}

/** Saves a form: faults that the server names go to their fields, anything else above the form. */
export function useSave(form: FaultTaker): Saving {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const save = (work: () => Promise<void>): void => {
    setBusy(true);
    setFailure(undefined);
    work()
      .catch((error: unknown) => {
        const faults = error instanceof ApiError ? error.faults : [];
        form.setErrors(Object.fromEntries(faults.map(({ path, message }) => [path, message])), faults);
        setFailure(faults.length > 0 ? `${explain(error)} ${SEE_FIELDS}` : explain(error));
        if (faults.length > 0) requestAnimationFrame(focusFirstFault);
      })
      .finally(() => setBusy(false));
  };
  return { busy, failure, save };
}

/** Says above a form why it was not saved. */
export function FormFailure({ failure }: { readonly failure: string | undefined }) {
  return (
    <div role="alert">
      {failure !== undefined && (
        <Alert color="red" mb="md">
          {failure}
        </Alert>
      )}
    </div>
  );
}
