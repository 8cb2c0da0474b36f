import { Anchor, Button, TextInput } from '@mantine/core';
import { type FormEvent, useCallback, useState } from 'react';
import type { Challenge, FinishedSignIn } from '../../api/session.ts';
import { Failure, Waiting } from '../../components/common/scene.tsx';
import { RecoveryCodeList, TotpInstructions } from '../../components/common/totp.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import type { StepProps } from './sign-in-scene.tsx';

/** The second factor: asked for, or set up where an account demands one. */
export function SecondStep({ challenge, ...step }: StepProps & { readonly challenge: Challenge }) {
  const [finished, setFinished] = useState<FinishedSignIn>();
  const finish = (code: string): void =>
    step.run(async () => {
      const signIn = await step.session.finishSecondFactor(challenge.challenge, code);
      if (signIn.recoveryCodes.length === 0) signIn.enter();
      else setFinished(signIn);
    });
  if (finished !== undefined) return <KeepCodes finished={finished} />;
  return (
    <>
      {challenge.kind === 'setup' && <Setup session={step.session} challenge={challenge.challenge} />}
      <CodeForm
        busy={step.busy}
        label={challenge.kind === 'setup' ? 'Code from the app' : 'Code from the app, or a recovery code'}
        onCode={finish}
      />
      <Anchor component="button" type="button" size="sm" mt="lg" onClick={step.session.dropChallenge}>
        Back to the sign-in
      </Anchor>
    </>
  );
}

function Setup({ session, challenge }: Pick<StepProps, 'session'> & { readonly challenge: string }) {
  const load = useCallback(() => session.setUpSecondFactor(challenge), [session, challenge]);
  const { data, error } = useLoad(load);
  if (error !== undefined) return <Failure error={error} />;
  return data === undefined ? <Waiting label="Making a key" /> : <TotpInstructions setup={data} />;
}

function CodeForm(props: {
  readonly busy: boolean;
  readonly label: string;
  readonly onCode: (code: string) => void;
}) {
  const [code, setCode] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (code.trim() !== '') props.onCode(code.trim());
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        label={props.label}
        autoComplete="one-time-code"
        autoFocus
        size="md"
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <Button type="submit" fullWidth mt="xl" size="md" loading={props.busy}>
        Continue
      </Button>
    </form>
  );
}

function KeepCodes({ finished }: { readonly finished: FinishedSignIn }) {
  return (
    <>
      <RecoveryCodeList codes={finished.recoveryCodes} />
      <Button fullWidth mt="xl" size="md" onClick={finished.enter}>
        I have kept them
      </Button>
    </>
  );
}
