import { useStore } from '../../components/common/use-store.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { TranscriptSearch } from './transcript-search.tsx';
import { TranscriptView } from './transcript-view.tsx';

/** Kept conversations: search, and one of them in full. */
export default function TranscriptsScene() {
  const { router } = useConsole();
  const [, id] = useStore(router.route);
  return id === undefined ? <TranscriptSearch /> : <TranscriptView key={id} id={id} />;
}
