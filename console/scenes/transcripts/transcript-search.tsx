import { Button } from '@mantine/core';
import { IconFileSearch } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { ConversationSearch } from '../../api/calls.ts';
import { Empty, Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { usePages } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { SearchForm } from './search-form.tsx';
import { SearchResults } from './search-results.tsx';

/** Finds kept conversations. Lists hold no message text. */
export function TranscriptSearch() {
  const { api } = useConsole();
  const [query, setQuery] = useState<ConversationSearch>({});
  const load = useCallback(
    (cursor: string | undefined) => api.conversations.search(query, cursor),
    [api, query],
  );
  const pages = usePages(load);
  return (
    <Scene
      title="Transcripts"
      about="Every conversation that has not expired. Opening one is written to the audit log."
    >
      <SearchForm onSearch={setQuery} />
      {pages.error !== undefined && <Failure error={pages.error} retry={pages.reload} />}
      {pages.items.length > 0 && <SearchResults items={pages.items} />}
      {pages.items.length === 0 && !pages.hasMore && !pages.loading && pages.error === undefined && (
        <Panel>
          <Empty icon={<IconFileSearch size={28} />} title="No conversation found">
            Nothing matches, or it has expired. Try fewer conditions.
          </Empty>
        </Panel>
      )}
      {pages.loading && <Waiting label="Searching" />}
      {pages.hasMore && !pages.loading && (
        <Button variant="default" fullWidth onClick={pages.more}>
          Show more
        </Button>
      )}
    </Scene>
  );
}
