/** One thing that is wrong in a file of the person at the terminal. */
export interface OfflineProblem {
  field: string
  message: string
  file?: string
  line?: number
  column?: number
}

/** What the CLI does without a platform, on files of this machine. Main passes the features that do it; they are loaded when first asked. */
export interface OfflineTools {
  /** Checks descriptor files, each for itself and against one another. Of files that were found in a folder only those that look like descriptors count. */
  checkDescriptors(files: readonly { file: string; text: string; isGiven: boolean }[]): {
    fileCount: number
    entityCount: number
    problems: readonly OfflineProblem[]
  }
  /** Checks the template in a folder and runs its tests. Never throws for what is in the folder. */
  testTemplate(folder: string): Promise<{
    title: string
    isGood: boolean
    problems: readonly OfflineProblem[]
    results: readonly { name: string; problems: readonly OfflineProblem[]; fileCount: number }[]
  }>
}
