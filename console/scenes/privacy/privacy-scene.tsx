import { useStore } from '../../components/common/use-store.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { ActivityPart } from './activity-part.tsx';
import { CertificatesPart } from './certificates-part.tsx';
import { ExpiryPart } from './expiry-part.tsx';
import { HoldsPart } from './holds-part.tsx';
import { RequestsPart } from './requests-part.tsx';

/** What people are owed of their data: its copy, its end, and the proof of both. */
export default function PrivacyScene() {
  const { router } = useConsole();
  const [, part, id] = useStore(router.route);
  switch (part) {
    case 'certificates':
      return <CertificatesPart id={id} />;
    case 'holds':
      return <HoldsPart />;
    case 'expiry':
      return <ExpiryPart />;
    case 'activity':
      return <ActivityPart />;
    default:
      return <RequestsPart />;
  }
}
