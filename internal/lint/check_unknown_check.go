package lint

func init() {
	register(&Check{
		Name: "unknown-check",
		Doc: `An ignore, or a key under checks: in dashgen.yaml, names a check that there is not.

It was misspelt, or the check has another name now. Whoever wrote it believes that something
is accepted or switched off that is not.

Write the name that stands in parentheses behind the finding's message.`,
	})
}
