import {
  IconActivity,
  IconBox,
  IconChartLine,
  IconCloud,
  IconGitBranch,
  IconGitPullRequest,
  IconHome,
  IconLayoutGrid,
  IconPlayerPlay,
  IconPlus,
  IconSettings,
  IconUserCheck,
} from '@tabler/icons-react'

/** The places of the left navigation, in groups. */
export const navGroups = [
  [
    { to: '/', title: 'Home', icon: IconHome, keys: 'g h' },
    { to: '/catalog', title: 'Catalog', icon: IconBox, keys: 'g c' },
    { to: '/repositories', title: 'Repositories', icon: IconGitBranch, keys: 'g r' },
    { to: '/create', title: 'Create', icon: IconPlus, keys: 'g n' },
  ],
  [
    { to: '/environments', title: 'Environments', icon: IconLayoutGrid, keys: 'g e' },
    { to: '/changes', title: 'Changes', icon: IconGitPullRequest, keys: '' },
    { to: '/approvals', title: 'Approvals', icon: IconUserCheck, keys: '' },
    { to: '/pipelines', title: 'Pipelines', icon: IconPlayerPlay, keys: 'g p' },
    { to: '/observe', title: 'Observe', icon: IconChartLine, keys: '' },
  ],
  [
    { to: '/cloud', title: 'Cloud', icon: IconCloud, keys: '' },
    { to: '/activity', title: 'Activity', icon: IconActivity, keys: '' },
    { to: '/settings', title: 'Settings', icon: IconSettings, keys: '' },
  ],
] as const
