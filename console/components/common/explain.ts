import { notifications } from '@mantine/notifications';
import { messageOf } from '../../api/problem.ts';
import { NoAnswer } from '../../live/link.ts';
import { ActionRefused } from '../../live/requests.ts';

/** What to tell a person about anything that was thrown. */
export function explain(error: unknown): string {
  if (error instanceof ActionRefused) return error.message;
  if (error instanceof NoAnswer) return 'The server did not answer. Try again when the connection is back.';
  return messageOf(error);
}

const CLOSABLE = { closeButtonProps: { 'aria-label': 'Dismiss' } };

/** Shows the reason of a failure in a corner of the screen. */
export function showFailure(error: unknown): void {
  notifications.show({ ...CLOSABLE, color: 'red', title: 'That did not work', message: explain(error) });
}

/** Shows that something worked. */
export function showDone(message: string): void {
  notifications.show({ ...CLOSABLE, color: 'teal', message });
}

/** Runs an action of the user; a failure is shown. Answers whether it worked. */
export async function attempt(action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    showFailure(error);
    return false;
  }
}
