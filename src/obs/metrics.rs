//! The Prometheus endpoint, on loopback.

use std::net::SocketAddr;

use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::runtime::Handle;

/// Serves the counters at `http://ADDRESS/metrics` until the runtime ends. The error is in words: the program runs on
/// without the endpoint.
pub fn serve(address: SocketAddr, runtime: &Handle) -> Result<(), String> {
    let _inside = runtime.enter();
    let (recorder, exporter) = PrometheusBuilder::new()
        .with_http_listener(address)
        .build()
        .map_err(|e| format!("the metrics endpoint cannot be opened at {address}: {e}"))?;
    metrics::set_global_recorder(recorder).map_err(|e| format!("metrics are recorded already: {e}"))?;
    runtime.spawn(async move {
        if let Err(error) = exporter.await {
            tracing::warn!(?error, "the metrics endpoint has ended");
        }
    });
    Ok(())
}
