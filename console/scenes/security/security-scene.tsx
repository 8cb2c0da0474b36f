import { Scene } from '../../components/common/scene.tsx';
import { PasswordPanel } from './password-panel.tsx';
import { SecondFactorPanel } from './second-factor-panel.tsx';
import { SessionsPanel } from './sessions-panel.tsx';

/** The signed-in user's own password, second factor and sign-ins. */
export default function SecurityScene() {
  return (
    <Scene title="My security" about="How you show who you are. It holds in every account that you work for.">
      <SecondFactorPanel />
      <PasswordPanel />
      <SessionsPanel />
    </Scene>
  );
}
