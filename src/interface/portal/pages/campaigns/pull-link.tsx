import { Link } from '@tanstack/react-router'

/** A proposal: a page of the portal for the built-in Git host, an address outside for others. */
export function PullLink({ repository, number, url }: { repository: string; number: number; url: string }) {
  const [owner, name, ...more] = repository.split('/')
  const words = `${name ?? repository} #${number}`
  if (owner !== undefined && name !== undefined && more.length === 0) {
    return (
      <Link to="/repositories/$owner/$name/pull-requests/$number" params={{ owner, name, number: String(number) }}>
        {words}
      </Link>
    )
  }
  return /^https?:\/\//.test(url) ? (
    <a href={url} rel="noreferrer">
      {repository} #{number}
    </a>
  ) : (
    <span>
      {repository} #{number}
    </span>
  )
}
