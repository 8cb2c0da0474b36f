import { Badge, Button } from '@mantine/core';
import { IconPlus, IconWorld } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { WireSite } from '../../../shared/protocol/index.ts';
import { Empty, Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { EmbedSnippet } from './embed-snippet.tsx';
import { SiteForm } from './site-form.tsx';
import styles from './sites.module.css';

type Editing = { readonly kind: 'new' } | { readonly kind: 'site'; readonly site: WireSite };

/** The web sites that show the widget: how it looks, what it asks, where it may run. */
export default function SitesScene() {
  const { api, can } = useConsole();
  const load = useCallback(() => api.sites.list(), [api]);
  const { data, error, loading, reload } = useLoad(load);
  const [editing, setEditing] = useState<Editing>();
  const writable = can('site:write');
  return (
    <Scene
      title="Sites"
      about="Each web site has its own key, look and questions before the chat."
      actions={
        writable && (
          <Button
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => setEditing({ kind: 'new' })}
          >
            Add site
          </Button>
        )
      }
    >
      {error !== undefined && <Failure error={error} retry={reload} />}
      {loading && data === undefined && <Waiting label="Loading sites" />}
      {data?.length === 0 && (
        <Panel>
          <Empty icon={<IconWorld size={28} />} title="No site yet">
            Add one to get the line of script that shows the widget.
          </Empty>
        </Panel>
      )}
      {data?.map((site) => (
        <SiteCard
          key={site.id}
          site={site}
          writable={writable}
          onEdit={() => setEditing({ kind: 'site', site })}
        />
      ))}
      {editing && (
        <SiteForm
          site={editing.kind === 'site' ? editing.site : undefined}
          onClose={() => setEditing(undefined)}
          onSaved={() => {
            setEditing(undefined);
            reload();
          }}
        />
      )}
    </Scene>
  );
}

function SiteCard(props: {
  readonly site: WireSite;
  readonly writable: boolean;
  readonly onEdit: () => void;
}) {
  const { site } = props;
  const origins = site.allowedOrigins.length === 0 ? 'Any origin' : site.allowedOrigins.join(', ');
  return (
    <Panel>
      <div className={styles.cardHead}>
        <svg className={styles.swatch} viewBox="0 0 20 20" aria-hidden="true">
          <rect width="20" height="20" rx="6" fill={site.theme.primaryColor} />
        </svg>
        <h2 className={styles.cardTitle}>{site.name}</h2>
        <Badge variant="default" tt="none">
          {site.locale}
        </Badge>
        {props.writable && (
          <Button size="xs" variant="default" onClick={props.onEdit} aria-label={`Edit ${site.name}`}>
            Edit
          </Button>
        )}
      </div>
      <p className={styles.about}>
        {site.theme.greeting} · {origins} · {site.prechat.length} questions before the chat
      </p>
      <EmbedSnippet siteKey={site.siteKey} />
    </Panel>
  );
}
