import { useCallback } from 'react';
import { Failure, Scene, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useStore } from '../../components/common/use-store.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { WebhookDetail } from './webhook-detail.tsx';
import { WebhookList } from './webhook-list.tsx';

/** Other systems that are told of what happens here. */
export default function WebhooksScene() {
  const { api, router } = useConsole();
  const [, id] = useStore(router.route);
  const load = useCallback(() => api.webhooks.list(), [api]);
  const { data, error, reload } = useLoad(load);
  if (data === undefined) {
    return (
      <Scene title="Webhooks">
        {error === undefined ? (
          <Waiting label="Loading webhooks" />
        ) : (
          <Failure error={error} retry={reload} />
        )}
      </Scene>
    );
  }
  const webhook = data.find((candidate) => candidate.id === id);
  if (webhook !== undefined) return <WebhookDetail key={webhook.id} webhook={webhook} onChanged={reload} />;
  return <WebhookList webhooks={data} onChanged={reload} />;
}
