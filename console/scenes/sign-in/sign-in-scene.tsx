import { Alert } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { Challenge, Session } from '../../api/session.ts';
import { explain } from '../../components/common/explain.ts';
import { PasswordStep } from './password-step.tsx';
import { ResetStep } from './reset-step.tsx';
import { SecondStep } from './second-step.tsx';
import styles from './sign-in.module.css';

/** What every step of the sign-in is given: runs an action, shows its failure, and says whether one runs. */
export interface StepProps {
  readonly session: Session;
  readonly busy: boolean;
  readonly run: (work: () => Promise<void>) => void;
}

/** Where a session begins, and where an ended one leads. */
export function SignInScene(props: {
  readonly session: Session;
  readonly notice: string | undefined;
  readonly challenge?: Challenge | undefined;
}) {
  const { session, challenge } = props;
  const [failure, setFailure] = useState<string>();
  const [done, setDone] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [resetting, setResetting] = useState(false);
  const run = (work: () => Promise<void>): void => {
    setBusy(true);
    setFailure(undefined);
    setDone(undefined);
    work()
      .catch((error: unknown) => setFailure(explain(error)))
      .finally(() => setBusy(false));
  };
  const step = { session, busy, run };
  const message = failure ?? done ?? props.notice;
  if (challenge !== undefined) {
    return (
      <Card
        title={challenge.kind === 'code' ? 'One more step' : 'Set up a second factor'}
        about={
          challenge.kind === 'code'
            ? 'Enter the code that your authenticator app shows.'
            : 'An account that you work for asks for a code from an app at every sign-in.'
        }
        message={failure}
        isFailure
      >
        <SecondStep key={challenge.challenge} {...step} challenge={challenge} />
      </Card>
    );
  }
  return (
    <Card
      title={resetting ? 'Choose a new password' : 'Sign in to the console'}
      about={resetting ? 'With the one-time code from your administrator.' : 'For agents and administrators.'}
      message={message}
      isFailure={failure !== undefined}
    >
      {resetting ? (
        <ResetStep
          {...step}
          onBack={() => setResetting(false)}
          onDone={() => {
            setResetting(false);
            setDone('Your new password is set. Sign in with it.');
          }}
        />
      ) : (
        <PasswordStep {...step} onReset={() => setResetting(true)} />
      )}
    </Card>
  );
}

function Card(props: {
  readonly title: string;
  readonly about: string;
  readonly message: string | undefined;
  readonly isFailure: boolean;
  readonly children: ReactNode;
}) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <img src={new URL('../../icon.svg', import.meta.url).href} alt="" width={44} height={44} />
        <h1 className={styles.title}>{props.title}</h1>
        <p className={styles.about}>{props.about}</p>
        <div role="alert">
          {props.message !== undefined && (
            <Alert mb="md" color={props.isFailure ? 'red' : 'tide'} icon={<IconInfoCircle aria-hidden />}>
              {props.message}
            </Alert>
          )}
        </div>
        {props.children}
      </div>
    </main>
  );
}
