// Package stack writes and runs a monitoring stack for generated dashboards and rules:
// Prometheus, Alertmanager and Grafana, and Loki with Grafana Alloy where a board shows logs.
//
//	s := &stack.Stack{Programs: programs, Scrape: 15 * time.Second}
//	files, err := s.Files()        // generated, and overwritten the next time
//	yours, err := s.Yours()        // written once: targets, receivers, ports
//	n, err := s.Native(dir, os.Stderr) // run it without containers
//	err = n.Start(ctx)
//
// The files are for Docker Compose: compose.yaml mounts the folders dashboards/ and rules/
// that generate writes, so that what is generated anew is shown without a copy. Image tags are
// pinned, ports are published on the loopback address only, and every service has a health
// check. Production leaves out what is only good on a developer's machine; see Stack.
//
// Native starts the same services from PATH with the same configuration, each on its loopback
// port. It is the one place where dashgen starts programs that it did not build from Go
// source, and only somebody who asks for it gets there. Nothing is downloaded.
//
// It imports internal/bundle for the provisioning files, and internal/tree to write files.
package stack
