import { PrometheusMetrics } from '../../../server/adapters/metrics/prometheus-metrics.ts';

describe('PrometheusMetrics', () => {
  let metrics: PrometheusMetrics;
  beforeEach(() => {
    metrics = new PrometheusMetrics({ processMetrics: false });
  });
  afterEach(() => metrics.close());

  it('shows counters, gauges and histograms', async () => {
    metrics.count('messages_stored_total', {}, 3);
    metrics.count('redactions_total', { rule: 'payment-card' }, 2);
    metrics.gauge('visitor_sockets', 7);
    metrics.observe('commit_batch_size', 20);
    const { body, contentType } = await metrics.expose();
    expect(contentType).toContain('text/plain');
    expect(body).toContain('messages_stored_total 3');
    expect(body).toContain('redactions_total{rule="payment-card"} 2');
    expect(body).toContain('visitor_sockets 7');
    expect(body).toContain('commit_batch_size_bucket{le="32"} 1');
  });

  it('keeps data out of labels: odd values and the 501st one are "other"', async () => {
    metrics.count('redactions_total', { rule: 'anna@example.com' });
    for (let index = 0; index < 600; index += 1) metrics.count('redactions_total', { rule: `r${index}` });
    metrics.count('redactions_total', { rule: 'r0' });
    const { body } = await metrics.expose();
    expect(body).not.toContain('anna');
    expect(body).toContain('redactions_total{rule="other"} 101');
    expect(body).toContain('redactions_total{rule="r0"} 2');
    expect(body).not.toContain('r500');
  });

  it('takes a label that was not declared without failing, and shows it nowhere', async () => {
    metrics.count('messages_stored_total', { who: 'anna' });
    expect((await metrics.expose()).body).not.toContain('anna');
  });

  it('has a registry of its own, and process metrics with the lag of the event loop', async () => {
    const whole = new PrometheusMetrics();
    whole.count('errors_total', { where: 'test' });
    expect((await whole.expose()).body).toMatch(/nodejs_eventloop_lag_p99_seconds \d/);
    expect((await metrics.expose()).body).not.toContain('where="test"');
    whole.close();
  });
});
