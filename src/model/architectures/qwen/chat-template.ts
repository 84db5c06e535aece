/**
 * @module
 * The conversation formats of the Qwen-VL families.
 */

const STANDARD_SYSTEM = `{%- if loop.first and message.role != 'system' -%}
{{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' -}}
{%- endif -%}
`;

/** @param opening text before each turn */
const template = (opening: string) => `{%- set seen = namespace(images=0, videos=0) -%}
{%- for message in messages -%}
${opening}{{- '<|im_start|>' + message.role + '\\n' -}}
{%- if message.content is string -%}
{{- message.content -}}
{%- else -%}
{%- for part in message.content -%}
{%- if part.type == 'image' or 'image' in part or 'image_url' in part -%}
{%- set seen.images = seen.images + 1 -%}
{%- if add_vision_id -%}{{- 'Picture ' ~ seen.images ~ ': ' -}}{%- endif -%}
{{- '<|vision_start|><|image_pad|><|vision_end|>' -}}
{%- elif part.type == 'video' or 'video' in part -%}
{%- set seen.videos = seen.videos + 1 -%}
{%- if add_vision_id -%}{{- 'Video ' ~ seen.videos ~ ': ' -}}{%- endif -%}
{{- '<|vision_start|><|video_pad|><|vision_end|>' -}}
{%- elif 'text' in part -%}
{{- part.text -}}
{%- endif -%}
{%- endfor -%}
{%- endif -%}
{{- '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\\n' -}}
{%- endif -%}
`;

/**
 * ChatML turns, the standard system message unless there is one, and each image and video as one pad token between its
 * vision marks. Renders as the template published with Qwen2-VL and Qwen2.5-VL does, in words of its own. For directories
 * that bring no template for images.
 */
export const CHAT_TEMPLATE = template(STANDARD_SYSTEM);

/** The same without a standard system message, as Qwen3-VL has it. */
export const BARE_CHAT_TEMPLATE = template("");
