"""The one-node Kubernetes that the project starts itself: a real control plane, kubelet, containerd and Envoy Gateway.

The node is what a container runtime would call a container: own process, mount and network namespaces, made by
`node.py`. The host gets one network interface, one route and one cgroup; killing one process removes all of it.
"""
