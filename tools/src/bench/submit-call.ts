import { CREDITS, newRequest } from "./requests.ts";

/**
 * `submit_job` as the server calls it, in SQL.
 * @param n an SQL expression for the number of the user
 * @param windowSeconds 0: the check of jobs an hour finds none, however many this user has made
 */
export function submitCall(n: string, priceId: string, windowSeconds: number): string {
  const { settings } = newRequest(1, priceId);
  return `submit_job(
    p_user_id => bench.user_id(${n}), p_job_id => uuidv7(), p_kind => 'image', p_settings => '${JSON.stringify(settings)}',
    p_request_hash => 'bench', p_input_asset_id => bench.asset_id(${n}), p_provider => 'local', p_price_id => '${priceId}',
    p_quoted_credits => ${CREDITS}, p_seconds => 0, p_images => 1, p_model_tier => 'standard', p_quality_tier => 'standard',
    p_max_attempts => 3::smallint, p_deadline_at => now() + interval '15 minutes', p_job_limit => 1000000,
    p_window_seconds => ${windowSeconds}, p_overage_cents => 0, p_now => now())`;
}
