package lint

func init() {
	register(&Check{
		Name: "ignore-reason",
		Doc: `An ignore does not say why.

An ignore without a reason cannot be judged by whoever reads it next: nobody knows whether
it still holds, so nobody dares to remove it. It accepts nothing until it has one.

Write the name of the check and then the reason, in words: //dashgen:ignore CHECK REASON
beside a metric, # dashgen:ignore CHECK REASON in YAML. The reader of each reports it.`,
	})
}
