import type { SourceFile } from './source-batch.ts'

/** Reads what a placeholder such as `$text: ./openapi.yaml` stands for. Called before a document is checked, outside of transactions. */
export interface PlaceholderReader {
  /**
   * @param input.key e.g. `$text`, `$json`, `$yaml`, `$openapi`, `$asyncapi`.
   * @param input.target as written, absolute or relative to `input.file.location`.
   * @returns the text; `$json` and `$yaml` are parsed by the catalog.
   * @throws a fault whose message becomes a problem at the placeholder's line; the last good entity stays.
   */
  read(input: { readonly key: string; readonly target: string; readonly file: SourceFile; readonly source: string }): Promise<string>
}
