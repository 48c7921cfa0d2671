// The parts of a small Kubernetes in one program: the first argument names the part, the others are the part's own.
// Servers run until their standard input ends.
package main

import (
	"fmt"
	"os"
	"sort"
	"strings"

	"go.etcd.io/etcd/server/v3/etcdmain"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	"nimbusguard/test/components/kubernetes/lifeline"
	metricsserver "sigs.k8s.io/metrics-server/cmd/metrics-server/app"
)

var servers = map[string]func() int{
	"etcd":                    func() int { etcdmain.Main(os.Args); return 0 },
	"kube-apiserver":          func() int { return cli.Run(apiserver.NewAPIServerCommand()) },
	"kube-controller-manager": func() int { return cli.Run(controllermanager.NewControllerManagerCommand()) },
	"kube-scheduler":          func() int { return cli.Run(scheduler.NewSchedulerCommand()) },
	"metrics-server": func() int {
		return cli.Run(metricsserver.NewMetricsServerCommand(genericapiserver.SetupSignalHandler()))
	},
}

func main() {
	if len(os.Args) > 1 {
		// Each part reads its flags from os.Args and expects its own name first.
		os.Args = os.Args[1:]
		if os.Args[0] == "certificates" {
			os.Exit(certificates(os.Args[1:]))
		}
		if server, known := servers[os.Args[0]]; known {
			lifeline.Hold()
			os.Exit(server())
		}
	}
	names := []string{"certificates"}
	for name := range servers {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Fprintf(os.Stderr, "usage: kubernetes %s [arguments]\n", strings.Join(names, "|"))
	os.Exit(2)
}
